variable "org" {
  description = "Name of the organisation: the first word of every name and the first step of every IAM path."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9]{1,11}$", var.org))
    error_message = "The organisation is 2 to 12 lower-case letters and digits, beginning with a letter."
  }
}

variable "env" {
  description = "Name of the environment."
  type        = string
}

variable "account_id" {
  description = "The account that this environment lives in."
  type        = string

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "An account id has twelve digits."
  }
}

variable "region" {
  description = "Region of the store."
  type        = string
}

variable "ci" {
  description = "The forge whose CI runs Strata: issuer of its tokens, and the ids (not the names, which can be taken over) of owner and repository."
  type = object({
    issuer        = string
    audience      = optional(string, "sts.amazonaws.com")
    owner_id      = number
    repository_id = number
  })

  validation {
    condition     = !startswith(var.ci.issuer, "https://") && !endswith(var.ci.issuer, "/")
    error_message = "The issuer is given without scheme and closing slash, as IAM writes it in condition keys."
  }
}

variable "store_cidr" {
  description = "Addresses of the store's own small network; it is peered with no other."
  type        = string
  default     = "10.255.0.0/26"
}

variable "protected" {
  description = "Whether the store is guarded against deletion by the cloud itself, and spans two zones."
  type        = bool
  default     = true
}

variable "boundary_required" {
  description = "Whether roles may be made only with the permission boundary. False only for emulators that do not know the condition key iam:PermissionsBoundary."
  type        = bool
  default     = true
}

variable "administrators" {
  description = "Principals beside CI that may become the stacks' roles: those who apply bootstrap, for the first run and for emergencies."
  type        = list(string)
}
