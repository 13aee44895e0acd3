variable "org" {
  description = "Name of the organisation: of the estate."
  type        = string
}

variable "env" {
  description = "Name of the environment."
  type        = string
}

variable "namespace" {
  description = "The namespace of Velero."
  type        = string
}

variable "priority_class" {
  description = "Priority class of Velero."
  type        = string
}

variable "teams" {
  description = "Namespaces whose objects and volumes are backed up."
  type        = list(string)
}

variable "keep_days" {
  description = "Days that a backup is kept, and cannot be removed."
  type        = number

  validation {
    condition     = var.keep_days >= 1 && var.keep_days <= 365
    error_message = "Between 1 and 365 days."
  }
}
