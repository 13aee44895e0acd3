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

variable "protected" {
  description = "Whether locks keep it from being deleted."
  type        = bool
}

variable "domain" {
  description = "The environment's domain."
  type        = string
}

variable "parent" {
  description = "The zone that it is delegated from."
  type        = object({ name = string, resource_group_name = string, subscription_id = string })
}

variable "network_id" {
  description = "The network that private names are answered in."
  type        = string
}
