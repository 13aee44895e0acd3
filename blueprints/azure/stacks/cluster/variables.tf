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

variable "node_subnet_id" {
  description = "The machines' subnet."
  type        = string
}

variable "control_subnet_id" {
  description = "The subnet that the control plane answers in."
  type        = string
}

variable "logs_id" {
  description = "The workspace of audit logs."
  type        = string
}

variable "control" {
  description = "The control plane: its tier and minor version, ranges of services and of pods (which are no addresses of the network)."
  type        = object({ tier = string, version = string, service_cidr = string, pod_cidr = string })

  validation {
    condition     = contains(["Standard", "Premium"], var.control.tier)
    error_message = "Standard or Premium: Free promises nothing."
  }
}

variable "nodes" {
  description = "Size of a machine, and how many there are at least and at most."
  type        = object({ size = string, min = number, max = number })

  validation {
    condition     = var.nodes.min >= 1 && var.nodes.min <= var.nodes.max
    error_message = "One at least, and no more than at most."
  }
}

variable "identities" {
  description = "Who the control plane and the machines' agent are."
  type        = map(object({ id = string, client_id = string, principal_id = string }))
}

variable "workloads" {
  description = "Workloads: their identity and the service account, NAMESPACE/NAME, that may take it."
  type        = map(object({ id = string, client_id = string, principal_id = string, account = string }))
}

variable "stack_principals" {
  description = "Object ids of the stacks' identities, by STACK-PURPOSE."
  type        = map(string)
}

variable "teams" {
  description = "Object ids of people's groups, by team."
  type        = map(string)
}
