bits = 2048
