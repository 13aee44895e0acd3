variable "org" {
  description = "Name of the estate: the first word of every name."
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

variable "organization_id" {
  description = "Number of the organisation."
  type        = string
}

variable "customer_id" {
  description = "Cloud Identity customer that the groups belong to."
  type        = string
}

variable "domain" {
  description = "Domain of the people's addresses."
  type        = string
}

variable "projects" {
  description = "The estate's projects, by environment."
  type        = map(string)
}

variable "members" {
  description = "Who is in which team. Empty where a directory fills the groups."
  type        = map(set(string))
  default     = {}

  validation {
    condition     = length(setsubtract(keys(var.members), ["security", "platform", "databases", "team-a", "team-b"])) == 0
    error_message = "Teams are security, platform, databases, team-a and team-b."
  }
}
