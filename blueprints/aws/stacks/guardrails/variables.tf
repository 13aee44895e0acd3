variable "org" {
  description = "Name of the estate; the beginning of all names."
  type        = string
}

variable "env" {
  description = "Name of the environment."
  type        = string
}

variable "region" {
  description = "The region that the stack is in."
  type        = string
}

variable "account_id" {
  description = "The account that the stack is in."
  type        = string

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "An account id has twelve digits."
  }
}

variable "regions" {
  description = "The regions that may be used; everything else is denied by policy."
  type        = list(string)

  validation {
    condition     = contains(var.regions, "us-east-1")
    error_message = "Global services answer in us-east-1: without it nobody can mend what is wrong."
  }
}

variable "workload_unit" {
  description = "The organisational unit of the workloads' accounts, to which the policies are attached; never the root, so that the management account stays a way back."
  type        = string

  validation {
    condition     = can(regex("^ou-", var.workload_unit))
    error_message = "An organisational unit's id begins with `ou-`."
  }
}

variable "budgets" {
  description = "What each account may cost in a month, by name."
  type        = map(object({ account_id = string, monthly_usd = number }))
}

variable "contact" {
  description = "Who is told about costs."
  type        = string
}

variable "trail_days" {
  description = "For how many days the organisation's trail cannot be deleted."
  type        = number
  default     = 400

  validation {
    condition     = var.trail_days >= 90
    error_message = "At least 90 days."
  }
}
