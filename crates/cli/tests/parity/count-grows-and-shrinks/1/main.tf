resource "terraform_data" "a" {
  count = 3
  input = "a${count.index}"
}

resource "terraform_data" "b" {
  count = 3
  input = terraform_data.a[count.index].id
}

output "ids" {
  value = terraform_data.b[*].input
}
