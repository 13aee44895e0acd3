variable "org" {
  description = "Name of the organisation: of the estate."
  type        = string
}

variable "env" {
  description = "Name of the environment."
  type        = string
}

variable "namespaces" {
  description = "The namespaces of external-dns and cert-manager."
  type = object({
    external-dns = string
    cert-manager = string
  })
}

variable "priority_class" {
  description = "Priority class of both."
  type        = string
}

variable "replicas" {
  description = "How many of cert-manager's controllers stand by."
  type        = number
}

variable "zone_name" {
  description = "The environment's DNS zone: nothing outside of it is touched."
  type        = string
}

variable "contact" {
  description = "Who hears of certificates that do not renew."
  type        = string

  validation {
    condition     = can(regex("^[^@ ]+@[^@ ]+$", var.contact))
    error_message = "A mail address."
  }
}

variable "issuer_url" {
  description = "The ACME directory that certificates inside come from."
  type        = string
  default     = "https://acme-v02.api.letsencrypt.org/directory"
}
