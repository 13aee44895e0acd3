variable "org" {
  description = "The estate's name: the first word of every name."
  type        = string
}

variable "env" {
  description = "Name of the environment."
  type        = string
}

variable "location" {
  description = "Region of the environment."
  type        = string
}

variable "subscription_id" {
  description = "The environment's subscription."
  type        = string
}

variable "tags" {
  description = "Say of each thing which stack made it."
  type        = map(string)
}

variable "resource_group_name" {
  description = "The stack's own resource group, which `automation` made: its identity can write there and nowhere else."
  type        = string
}

variable "protected" {
  description = "Whether locks keep it from being deleted."
  type        = bool
}

variable "ranges" {
  description = "The network's range, and those of its subnets within."
  type        = object({ space = string, nodes = string, control = string, machines = string, endpoints = string })

  validation {
    condition     = alltrue([for range in values(var.ranges) : can(cidrhost(range, 0))])
    error_message = "Each is a range such as 10.16.0.0/16."
  }
}
