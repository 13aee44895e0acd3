locals {
  sizes = { small = 1, larger = 31 }
}

resource "terraform_data" "box" {
  for_each = local.sizes
  input    = { name = each.key, size = each.value }
}

output "names" {
  value = [for key, box in terraform_data.box : "${key}=${box.input.size}"]
}
