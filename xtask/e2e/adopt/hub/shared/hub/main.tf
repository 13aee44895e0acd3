resource "random_pet" "zone" {}

output "zone" { value = random_pet.zone.id }
