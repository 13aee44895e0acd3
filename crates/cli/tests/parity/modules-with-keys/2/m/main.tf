variable "name" {
  type = string
}

resource "terraform_data" "a" {
  input = upper(var.name)
}

module "inner" {
  source = "./inner"
  id     = terraform_data.a.id
}

output "id" {
  value = module.inner.id
}

output "name" {
  value = terraform_data.a.output
}
