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

variable "account_id" {
  description = "The account that the stack is in."
  type        = string

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "An account id has twelve digits."
  }
}

variable "cidr" {
  description = "Addresses of the store's own network; a /24 is enough."
  type        = string
  default     = "10.255.0.0/24"

  validation {
    condition     = can(cidrnetmask(var.cidr))
    error_message = "It must be a CIDR, such as 10.255.0.0/24."
  }
}

variable "zones" {
  description = "Letters of the availability zones; the order gives the subnets their addresses."
  type        = list(string)
  default     = ["a", "b", "c"]

  validation {
    condition     = length(var.zones) >= 2 && length(var.zones) <= 4
    error_message = "Between two and four zones."
  }
}

variable "seal_years" {
  description = "For how many years nobody, the account's root included, can delete a seal of the audit trail."
  type        = number
  default     = 7

  validation {
    condition     = var.seal_years >= 1
    error_message = "At least one year."
  }
}
