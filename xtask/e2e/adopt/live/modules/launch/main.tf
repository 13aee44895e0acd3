variable "name" { type = string }
variable "size" { type = number }

resource "random_id" "server" {
  count       = var.size
  byte_length = 4
  prefix      = "${var.name}-"
}

output "names" { value = random_id.server[*].hex }
