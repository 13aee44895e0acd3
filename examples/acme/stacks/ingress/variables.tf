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

variable "domain" {
  description = "The domain of the apps."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9-]+(\\.[a-z0-9-]+)+$", var.domain))
    error_message = "A domain is lower-case letters, digits, hyphens and dots."
  }
}

variable "replicas" {
  description = "How many controllers stand in front of the apps."
  type        = number
  default     = 2
}
