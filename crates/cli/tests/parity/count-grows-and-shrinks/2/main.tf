resource "terraform_data" "a" {
  count = 2
  input = "a${count.index}"
}

resource "terraform_data" "b" {
  count = 1
  input = terraform_data.a[count.index].id
}

output "ids" {
  value = terraform_data.b[*].input
}
