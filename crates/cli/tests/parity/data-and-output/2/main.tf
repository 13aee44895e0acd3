resource "terraform_data" "a" {
  input = "two"
}

output "a" {
  value = terraform_data.a.output
}

output "later" {
  value = { length = length(terraform_data.a.output), nothing = null }
}
