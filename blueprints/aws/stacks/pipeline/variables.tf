variable "org" {
  description = "Name of the estate: the first word of every name."
  type        = string
}

variable "env" {
  description = "Name of the environment."
  type        = string
}

variable "region" {
  description = "Region of the environment."
  type        = string
}

variable "account_id" {
  description = "The account of the environment."
  type        = string
}

variable "boundary_arn" {
  description = "The boundary that every role has."
  type        = string
}

variable "protected" {
  description = "Whether what bears data refuses to be destroyed."
  type        = bool
}

variable "raw_days" {
  description = "Days that raw events are kept."
  type        = number

  validation {
    condition     = var.raw_days >= 1
    error_message = "At least a day."
  }
}
