variable "org" {
  description = "The estate's name: the first word of every name."
  type        = string
}

variable "location" {
  description = "Region of the environment."
  type        = string
}

variable "tags" {
  description = "Say of each thing which stack made it."
  type        = map(string)
}

variable "locations" {
  description = "Regions in which anything may be made."
  type        = list(string)
}

variable "subscriptions" {
  description = "The environments' subscriptions."
  type        = map(string)
}

variable "budgets" {
  description = "What each environment may cost in a month, in the billing currency."
  type        = map(number)

  validation {
    condition     = length(setsubtract(keys(var.budgets), keys(var.subscriptions))) == 0
    error_message = "A budget is of an environment that has a subscription."
  }
}

variable "budgets_from" {
  description = "First day of a month; budgets count from it."
  type        = string
  default     = "2026-01-01T00:00:00Z"
}

variable "security_contact" {
  description = "Whom alerts and budgets write to."
  type        = string
}

variable "archive_id" {
  description = "The storage account that keeps activity logs longer."
  type        = string
}
