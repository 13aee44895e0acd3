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

variable "consumer_projects" {
  description = "Projects from whose networks the store is reached."
  type        = set(string)
}

variable "automation_account" {
  description = "Service account with which Strata in CI opens the store."
  type        = string
}

variable "operators_group" {
  description = "Group of the people who log in to the store."
  type        = string
}

variable "tier" {
  description = "Size of the instance."
  type        = string
  default     = "db-custom-2-7680"
}

variable "audit_days" {
  description = "Days for which no seal can be taken away."
  type        = number

  validation {
    condition     = var.audit_days >= 90 && var.audit_days <= 3650
    error_message = "Between 90 days and ten years: a locked retention can be made longer, never shorter."
  }
}
