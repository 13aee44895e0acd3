variable "org" {
  description = "Name of the estate: the first word of every name."
  type        = string
}

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

variable "repository" {
  description = "The repository of this estate, by numbers: a name can be taken by another after a rename."
  type        = object({ owner_id = string, id = string })

  validation {
    condition     = can(regex("^[0-9]+$", var.repository.owner_id)) && can(regex("^[0-9]+$", var.repository.id))
    error_message = "Both are numbers: `gh api repos/OWNER/NAME` tells them as `owner.id` and `id`."
  }
}

variable "app_repository_ids" {
  description = "Repositories of apps that push images, by name, as numbers."
  type        = map(string)
  default     = {}
}

variable "environments" {
  description = "Environments that are planned and applied from CI."
  type        = set(string)
}
