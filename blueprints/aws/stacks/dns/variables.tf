variable "region" {
  description = "The region that the stack is in."
  type        = string
}

variable "domain" {
  description = "The environment's own domain, below that of the parent zone."
  type        = string
}

variable "network_id" {
  description = "The network that resolves internal names."
  type        = string
}

variable "parent" {
  description = "The parent zone, and the role that may delegate in it."
  type        = object({ zone_id = string, role_arn = string })
}
