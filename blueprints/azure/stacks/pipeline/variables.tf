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

variable "protected" {
  description = "Whether locks keep it from being deleted."
  type        = bool
}

variable "units" {
  description = "Processing units of the namespace."
  type        = number

  validation {
    condition     = contains([1, 2, 4, 6, 8, 10, 12, 16], var.units)
    error_message = "1, 2, 4, 6, 8, 10, 12 or 16."
  }
}

variable "raw_days" {
  description = "How long raw events stay."
  type        = number

  validation {
    condition     = var.raw_days >= 7
    error_message = "A week at least: a hub keeps as long by itself."
  }
}

variable "sender_ids" {
  description = "Object ids of those who may send, by app."
  type        = map(string)
}

variable "reader_ids" {
  description = "Object ids of groups that read raw events, from the warehouse or beside it."
  type        = map(string)
}
