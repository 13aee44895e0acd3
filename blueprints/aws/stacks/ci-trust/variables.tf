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

variable "ci" {
  description = "Whose tokens are trusted: the forge's issuer without scheme, the audience, and the id of the repository (a name can be taken over, an id cannot)."
  type = object({
    issuer        = string
    audience      = optional(string, "sts.amazonaws.com")
    repository_id = number
  })
}

variable "administrators" {
  description = "Roles of people who may become a stack's role beside CI; as few as can be."
  type        = list(string)
  default     = []
}
