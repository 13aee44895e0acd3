variable "org" {
  description = "The estate's name: the first word of every name."
  type        = string
}

variable "env" {
  description = "Name of the environment."
  type        = string
}

variable "location" {
  description = "Region of the environment."
  type        = string
}

variable "tags" {
  description = "Say of each thing which stack made it."
  type        = map(string)
}

variable "issuer" {
  description = "Who signs the forge's tokens."
  type        = string
  default     = "https://token.actions.githubusercontent.com"
}

variable "repository_id" {
  description = "Number of this estate's repository at the forge."
  type        = string

  validation {
    condition     = can(regex("^[0-9]+$", var.repository_id))
    error_message = "The repository's number, not its name: a name can be taken by another after a rename."
  }
}

variable "environments" {
  description = "Environments of the estate."
  type        = list(string)
}
