bits = 3072
