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
