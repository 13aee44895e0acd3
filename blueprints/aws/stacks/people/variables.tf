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

variable "accounts" {
  description = "The estate's accounts, by environment."
  type        = map(string)
}

variable "members" {
  description = "User names of Identity Center, by team. Empty where a directory fills the groups."
  type        = map(set(string))
  default     = {}

  validation {
    condition     = length(setsubtract(keys(var.members), ["security", "platform", "databases", "team-a", "team-b"])) == 0
    error_message = "Teams are security, platform, databases, team-a and team-b."
  }
}
