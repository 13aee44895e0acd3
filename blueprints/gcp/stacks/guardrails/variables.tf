variable "org" {
  description = "Name of the estate: the first word of every name."
  type        = string
}

variable "env" {
  description = "Name of the environment."
  type        = string
}

variable "project" {
  description = "The project that all this is made in."
  type        = string
}

variable "region" {
  description = "Region of what is regional."
  type        = string
}

variable "organization_id" {
  description = "Number of the organisation."
  type        = string

  validation {
    condition     = can(regex("^[0-9]+$", var.organization_id))
    error_message = "A number, without `organizations/`."
  }
}

variable "customer_id" {
  description = "Cloud Identity customer whose people may be named in policies."
  type        = string

  validation {
    condition     = startswith(var.customer_id, "C")
    error_message = "As `gcloud organizations list` tells it: C and what follows."
  }
}

variable "billing_account" {
  description = "Account that pays."
  type        = string
}

variable "locations" {
  description = "Where anything may be made, in the terms of `gcp.resourceLocations`."
  type        = list(string)
}

variable "projects" {
  description = "The estate's projects, by environment."
  type        = map(string)
}

variable "budgets" {
  description = "What each environment may cost a month, in the account's currency."
  type        = map(number)

  validation {
    condition     = alltrue([for env in keys(var.budgets) : contains(keys(var.projects), env)])
    error_message = "Budgets are of environments that have a project."
  }
}

variable "audit_days" {
  description = "Days that audit logs are kept."
  type        = number

  validation {
    condition     = var.audit_days >= 90 && var.audit_days <= 3650
    error_message = "Between 90 days and ten years."
  }
}

variable "security_email" {
  description = "Group that is told, and that alone may lift the boundary."
  type        = string
}
