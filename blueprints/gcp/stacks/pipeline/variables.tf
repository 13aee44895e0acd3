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

variable "raw_days" {
  description = "Days that events are kept as they came."
  type        = number
  default     = 365

  validation {
    condition     = var.raw_days >= 7
    error_message = "At least 7 days: what went wrong must be found before it is gone."
  }
}

variable "protected" {
  description = "Deletion protection, and backups that outlive what they are of."
  type        = bool
  default     = true
}

variable "publisher_accounts" {
  description = "Service accounts that publish, by workload."
  type        = map(string)
}
