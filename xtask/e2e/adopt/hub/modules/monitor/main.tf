variable "watched" { type = set(string) }
variable "env" { type = string }

resource "random_integer" "port" {
  for_each = var.watched
  min      = 1000
  max      = 2000
  keepers  = { env = var.env }
}
