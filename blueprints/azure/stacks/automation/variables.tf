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

variable "issuer" {
  description = "Who signs the forge's tokens."
  type        = string
}

variable "subjects" {
  description = "What the forge's tokens say in this environment, by purpose."
  type        = object({ plan = string, apply = string })
}

variable "stacks" {
  description = "The stacks that have identities; null: all of an environment with a cluster."
  type        = set(string)
  default     = null
}

variable "workloads" {
  description = "The workloads that have identities; null: all."
  type        = set(string)
  default     = null
}

variable "parent_group_id" {
  description = "The resource group of the parent zone, where the child is delegated; null where there is no child."
  type        = string
  default     = null
}
