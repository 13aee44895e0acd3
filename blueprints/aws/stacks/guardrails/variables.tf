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

variable "regions" {
  description = "The regions in which anything may be made."
  type        = set(string)
}

variable "workload_ou" {
  description = "The organisational unit whose accounts the service control policies bind."
  type        = string
}

variable "accounts" {
  description = "The estate's accounts, by environment."
  type        = map(string)
}

variable "budgets" {
  description = "What each account may cost, in dollars a month, by environment."
  type        = map(number)

  validation {
    condition     = alltrue([for amount in values(var.budgets) : amount > 0])
    error_message = "A budget is more than nothing."
  }
}

variable "security_email" {
  description = "Whom alarms about money and policies go to."
  type        = string
}

variable "audit_days" {
  description = "Days for which the organisation's trail is kept."
  type        = number
}
