variable "org" {
  description = "Name of the organisation: of the estate."
  type        = string
}

variable "env" {
  description = "Name of the environment."
  type        = string
}

variable "namespace" {
  description = "The namespace that the collectors run in."
  type        = string
}

variable "priority_class" {
  description = "Priority class of the collectors."
  type        = string
}

variable "replicas" {
  description = "How many gateways take what apps send."
  type        = number

  validation {
    condition     = var.replicas >= 1
    error_message = "Without a gateway nothing arrives."
  }
}

variable "retention_days" {
  description = "Days that logs are kept."
  type        = number

  validation {
    condition     = contains([30, 60, 90, 180, 365], var.retention_days)
    error_message = "One of 30, 60, 90, 180 or 365 days, which all stores of logs know."
  }
}
