terraform {
  required_providers {
    random = { source = "hashicorp/random" }
  }
}

resource "random_pet" "team" {
  length = 2
}

output "name" {
  value = random_pet.team.id
}
