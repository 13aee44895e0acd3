locals {
  words = split(",", "pear,apple,fig,apple")
}

resource "terraform_data" "a" {
  input = {
    sorted   = sort(distinct(local.words))
    joined   = join("-", reverse(local.words))
    cidrs    = cidrsubnets("10.0.0.0/16", 4, 4, 8)
    json     = jsonencode({ b = [1, 2.5, null], a = "<&>" })
    yaml     = yamlencode({ a = [1, "two"], b = { c = true } })
    hash     = sha256("x")
    merged   = merge({ a = 1 }, { b = 2 }, { a = 3 })
    flat     = flatten([[1, [2]], [], [3]])
    product  = setproduct(["a", "b"], [1, 2])
    trimmed  = trimspace("  x ")
    fallback = try(local.words[9], "none")
    replaced = replace("a1b22", "/[0-9]+/", "#")
    formatted = format("%05.1f|%-6s|%q", 3.14159, "ab", "c")
  }
}

output "chunks" {
  value = chunklist(local.words, 3)
}

output "grouped" {
  value = { for word in local.words : substr(word, 0, 1) => word... }
}
