variable "org" {
  description = "Name of the estate: the first word of every name."
  type        = string
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
  description = "Region of what is regional."
  type        = string
}

variable "repository" {
  description = "Ids (not names, which can be taken over) of the repository that this estate lives in and of its owner, at the forge."
  type        = object({ owner_id = number, id = number })
}

variable "issuer" {
  description = "Issuer of the forge's tokens, without scheme, as IAM writes it in condition keys."
  type        = string
  default     = "token.actions.githubusercontent.com"

  validation {
    condition     = !startswith(var.issuer, "https://") && !endswith(var.issuer, "/")
    error_message = "The issuer is given without scheme and closing slash."
  }
}

variable "administrators" {
  description = "Principals beside CI that may become roles of stacks: those who apply bootstrap, for the first run and for emergencies."
  type        = list(string)
  default     = []
}
