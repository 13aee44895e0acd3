variable "password" {
  type      = string
  sensitive = true
  default   = "hunter2"
}

resource "terraform_data" "a" {
  input = { user = "root", password = var.password, both = "root:${var.password}" }
}

resource "terraform_data" "b" {
  input            = nonsensitive(length(var.password))
  triggers_replace = [var.password]
}

output "a" {
  value     = terraform_data.a.output
  sensitive = true
}

output "open" {
  value = terraform_data.b.input
}
