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

variable "raw" {
  description = "The events that views show."
  type        = object({ project = string, dataset_id = string, table_id = string })
}

variable "readers" {
  description = "Groups that read, by the view that they read."
  type        = map(string)

  validation {
    condition     = length(setsubtract(keys(var.readers), ["orders", "search"])) == 0
    error_message = "Views are orders and search."
  }
}

variable "protected" {
  description = "Deletion protection, and backups that outlive what they are of."
  type        = bool
  default     = true
}
