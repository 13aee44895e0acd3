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

variable "delivery_role_arn" {
  description = "The role by which Firehose reads the table's columns and writes into the bucket."
  type        = string
}

variable "archive_days" {
  description = "After how many days events move to colder storage."
  type        = number
  default     = 90

  validation {
    condition     = var.archive_days >= 30
    error_message = "At least 30 days: colder storage takes nothing younger."
  }
}

variable "protected" {
  description = "A bucket that holds events cannot be deleted."
  type        = bool
  default     = true
}
