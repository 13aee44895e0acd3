variable "use" {
  type    = bool
  default = false
}

resource "terraform_data" "x" {
  input = 1
}

locals {
  maybe = var.use ? terraform_data.x.id : "no"
}

resource "terraform_data" "reader" {
  input = local.maybe
}

resource "terraform_data" "explicit" {
  depends_on = [terraform_data.reader]
}
