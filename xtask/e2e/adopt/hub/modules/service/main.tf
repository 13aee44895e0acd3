variable "host" { type = string }
variable "replicas" { type = number }
variable "note" {
  type    = string
  default = "a note"
}

resource "random_shuffle" "order" {
  input = [for at in range(var.replicas) : "${var.host}-${at}"]
}

resource "terraform_data" "service" {
  input = [var.host, var.replicas, var.note]
}
