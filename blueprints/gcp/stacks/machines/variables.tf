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

variable "subnet_id" {
  description = "The subnet that they stand in."
  type        = string
}

variable "size" {
  description = "Least and greatest number of machines."
  type        = object({ min = number, max = number })

  validation {
    condition     = var.size.min >= 0 && var.size.max >= var.size.min
    error_message = "The greatest is no less than the least."
  }
}

variable "machine_type" {
  description = "Kind of machine."
  type        = string
  default     = "e2-medium"
}

variable "image_family" {
  description = "Family of the image."
  type        = string
  default     = "debian-12"
}

variable "image_project" {
  description = "Project of the image."
  type        = string
  default     = "debian-cloud"
}

variable "operators_group" {
  description = "Group of the people who come to the machines."
  type        = string
}
