variable "env" {
  type = string
}

variable "cidr" {
  type = string

  validation {
    condition     = can(cidrnetmask(var.cidr))
    error_message = "The cidr is an IPv4 range such as 10.1.0.0/16."
  }
}

locals {
  zones = ["a", "b", "c"]
}

resource "terraform_data" "vpc" {
  input = {
    name = "hello-${var.env}"
    cidr = var.cidr
  }
}

resource "terraform_data" "private_subnet" {
  for_each = { for i, zone in local.zones : zone => cidrsubnet(var.cidr, 8, i) }

  input = {
    vpc  = terraform_data.vpc.id
    zone = each.key
    cidr = each.value
  }
}

output "id" {
  value = terraform_data.vpc.id
}

output "private_subnets" {
  value = { for zone, subnet in terraform_data.private_subnet : zone => subnet.id }
}
