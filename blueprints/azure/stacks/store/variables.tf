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

variable "address_space" {
  description = "Range of the network of private endpoints."
  type        = string
}

variable "administrators" {
  description = "The group that administers the store and its keys; it is there before all else."
  type        = object({ object_id = string, name = string })
}

variable "operator_ranges" {
  description = "Addresses outside that reach vault and audit account: of those who apply bootstrap the first time, then none."
  type        = list(string)
  default     = []
}

variable "retention_days" {
  description = "How long seals can be neither changed nor removed."
  type        = number

  validation {
    condition     = var.retention_days >= 365
    error_message = "An audit is kept for a year at least."
  }
}

variable "lock_audit" {
  description = "Whether the time can never be shortened again."
  type        = bool
  default     = true
}

variable "runners" {
  description = "Object ids of CI's identities that apply, by environment."
  type        = map(string)
}
