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

variable "repositories" {
  description = "Names of repositories: Azure makes each at its first push."
  type        = set(string)
}

variable "puller_id" {
  description = "Object id of the identity that the cluster's machines pull as."
  type        = string
}
