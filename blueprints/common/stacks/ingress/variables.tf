variable "org" {
  description = "Name of the organisation: of the estate."
  type        = string
}

variable "env" {
  description = "Name of the environment."
  type        = string
}

variable "namespace" {
  description = "The namespace of the gateway."
  type        = string
}

variable "domain" {
  description = "The domain that apps have their names under."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9-]+(\\.[a-z0-9-]+)+$", var.domain))
    error_message = "A domain is lower-case letters, digits, hyphens and dots, without a dot at its end."
  }
}
