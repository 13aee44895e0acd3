extra = "from a file"
