variable "org" {
  description = "Name of the estate; the beginning of all names."
  type        = string
}

variable "env" {
  description = "Name of the environment."
  type        = string
}

variable "region" {
  description = "The region that the stack is in."
  type        = string
}

variable "domain" {
  description = "The domain of the estate; the registrar delegates it to this zone's name servers."
  type        = string

  validation {
    condition     = can(regex("^([a-z0-9-]+\\.)+[a-z]+$", var.domain))
    error_message = "A domain name, without the dot at its end."
  }
}

variable "accounts" {
  description = "Ids of the accounts that delegate a child zone, by environment."
  type        = map(string)
}

variable "boundary_arn" {
  description = "The permission boundary of roles."
  type        = string
}
