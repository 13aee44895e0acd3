variable "password" {
  type      = string
  sensitive = true
  default   = "hunter2"
}

resource "terraform_data" "a" {
  input = { user = "root", password = "hunter2", both = "root:${var.password}" }
}

resource "terraform_data" "b" {
  input            = sensitive(7)
  triggers_replace = ["hunter2"]
}

output "a" {
  value     = terraform_data.a.output
  sensitive = true
}
