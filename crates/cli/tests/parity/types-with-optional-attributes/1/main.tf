variable "servers" {
  type = map(object({
    size  = optional(number, 2)
    zones = optional(list(string))
    tags  = optional(map(string), { team = "none" })
    disk  = optional(object({ gb = optional(number, 10) }), {})
  }))
  default = {
    one = {}
    two = { size = "4", zones = ["a"], disk = { gb = 20 } }
  }
}

variable "anything" {
  default = { a = [1, "x"] }
}

variable "nothing" {
  type     = string
  default  = "fallback"
  nullable = false
}

resource "terraform_data" "server" {
  for_each = var.servers
  input    = each.value
}

output "anything" {
  value = var.anything
}

output "nothing" {
  value = var.nothing
}
