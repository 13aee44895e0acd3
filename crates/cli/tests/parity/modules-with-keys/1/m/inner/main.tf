variable "id" {}

resource "terraform_data" "b" {
  input = var.id
}

output "id" {
  value = terraform_data.b.id
}
