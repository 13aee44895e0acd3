terraform {
  required_providers {
    random = {
      source  = "hashicorp/random"
      version = "~> 3.0"
    }
  }
}

resource "random_pet" "name" {
  length  = 2
  keepers = { generation = "one" }
}

resource "random_password" "p" {
  length           = 12
  override_special = "!#"
}

resource "random_integer" "n" {
  min = 1
  max = 100
}

resource "terraform_data" "reader" {
  input = length(random_pet.name.id) > 0
}

output "rnd_name" {
  value = random_pet.name.id
}
