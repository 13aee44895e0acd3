terraform {
  backend "local" {}
}

variable "public_key" { type = string }
variable "lines" { type = list(string) }
variable "env" {}
variable "tags" { type = map(string) }
variable "extra" {
  type    = string
  default = "none"
}

resource "terraform_data" "config" {
  input = {
    key   = sha256(var.public_key)
    text  = join("\n", var.lines)
    env   = var.env
    extra = var.extra
    tags  = var.tags
  }
}
