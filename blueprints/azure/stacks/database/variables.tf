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

variable "throughput" {
  description = "Up to how many request units a second a container grows."
  type        = number

  validation {
    condition     = var.throughput >= 1000 && var.throughput % 1000 == 0
    error_message = "Autoscaling goes by thousands."
  }
}

variable "containers" {
  description = "Containers, with the path that they are partitioned by: it can never be changed."
  type        = map(string)
  default     = { orders = "/customerId", events = "/orderId" }
}

variable "replica_location" {
  description = "A second region, or null."
  type        = string
  default     = null
}

variable "backup_tier" {
  description = "How far back a restore goes: Continuous7Days or Continuous30Days."
  type        = string

  validation {
    condition     = contains(["Continuous7Days", "Continuous30Days"], var.backup_tier)
    error_message = "Continuous7Days or Continuous30Days."
  }
}

variable "principal_ids" {
  description = "Object ids of the workloads' identities."
  type        = map(string)
}

variable "operators_id" {
  description = "The group of those who operate databases."
  type        = string
}
