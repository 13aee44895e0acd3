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

variable "tenant_id" {
  description = "The Entra tenant."
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

variable "endpoint_subnet_id" {
  description = "The subnet of private endpoints."
  type        = string
}

variable "private_zone_ids" {
  description = "Private zones of endpoints, by service."
  type        = map(string)
}

variable "subnet_id" {
  description = "The machines' subnet."
  type        = string
}

variable "machines" {
  description = "Size of a machine, and how many there are at least and at most."
  type        = object({ size = string, min = number, max = number })

  validation {
    condition     = var.machines.min <= var.machines.max
    error_message = "At least no more than at most."
  }
}

variable "admin_key" {
  description = "Public key of an emergency's account; its private half is in a safe."
  type        = string
}

variable "operators_id" {
  description = "The group of those who may log in."
  type        = string
}
