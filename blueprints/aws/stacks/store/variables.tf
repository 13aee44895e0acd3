variable "org" {
  description = "Name of the estate: the first word of every name."
  type        = string
}

variable "env" {
  description = "Name of the environment."
  type        = string
}

variable "account_id" {
  description = "The account that this environment lives in."
  type        = string

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "An account id has twelve digits."
  }
}

variable "region" {
  description = "Region of what is regional."
  type        = string
}

variable "cidr" {
  description = "Addresses of the store's own small network; it is peered with no other."
  type        = string
  default     = "10.255.0.0/26"
}

variable "audit_days" {
  description = "Days for which nobody, not even the account's root, can change or remove a seal of the audit trail."
  type        = number

  validation {
    condition     = var.audit_days >= 365
    error_message = "Seals are kept for a year or longer."
  }
}
