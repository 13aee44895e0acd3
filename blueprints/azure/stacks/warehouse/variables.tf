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

variable "capacity" {
  description = "How large: F2 to F2048."
  type        = string

  validation {
    condition     = can(regex("^F(2|4|8|16|32|64|128|256|512|1024|2048)$", var.capacity))
    error_message = "F and a power of two from 2 to 2048."
  }
}

variable "administrator_ids" {
  description = "Object ids of those who administer the capacity."
  type        = set(string)
}
