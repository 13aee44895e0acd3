variable "cluster" {
  description = "The cluster: its name, the address of its API server, and its certificate authority (base64)."
  type = object({
    name     = string
    endpoint = string
    ca       = optional(string, "")
  })
}

variable "namespace" {
  description = "The namespace that this stack works in."
  type        = string
}

variable "retention_days" {
  description = "Days that the collector keeps what it could not send."
  type        = number
  default     = 3

  validation {
    condition     = var.retention_days >= 1 && var.retention_days <= 30
    error_message = "Between 1 and 30 days."
  }
}
