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

variable "domain" {
  description = "The environment's domain, below the parent's, without the last dot."
  type        = string

  validation {
    condition     = !endswith(var.domain, ".")
    error_message = "Without the last dot."
  }
}

variable "parent" {
  description = "The parent zone and the project that it is in."
  type        = object({ project = string, name = string, dns_name = string })
}

variable "network_id" {
  description = "The network that sees the private zone."
  type        = string
}

variable "protected" {
  description = "Deletion protection, and backups that outlive what they are of."
  type        = bool
  default     = true
}
