locals {
  big = 123456789012345678901234567890
}

resource "terraform_data" "numbers" {
  input = [0.1, 1e30, local.big, local.big / 7, pow(2, 0.5), 1 / 3]
}

resource "terraform_data" "nothing" {
  input = null
}

resource "terraform_data" "mixed" {
  input = {
    tuple  = [1, "two", true, null]
    list   = tolist(["b", "a"])
    set    = toset(["b", "a", "c"])
    map    = tomap({ k = "v" })
    nested = { deep = { deeper = ["x"] } }
    text   = "é \u0001 <tag> & \"quotes\"\n"
    empty  = { list = [], map = {} }
  }
}

output "sets" {
  value = [for x in toset([{ a = 2 }, { a = 1 }, { a = 10 }]) : x.a]
}

output "numbers" {
  value = terraform_data.numbers.output
}

output "mixed" {
  value = terraform_data.mixed.output
}
