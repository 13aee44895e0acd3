terraform {
  backend "local" {}
}

variable "bits" { type = number }
variable "owner" { type = string }

resource "tls_private_key" "it" {
  algorithm = "RSA"
  rsa_bits  = var.bits
}

resource "terraform_data" "owner" {
  input = var.owner
}

output "public_key" { value = tls_private_key.it.public_key_openssh }
output "bits" { value = var.bits }
