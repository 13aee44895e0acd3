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

variable "images" {
  description = "The images that teams publish, one repository each."
  type        = set(string)
}

variable "puller_role_arn" {
  description = "The role of the machines that pull images."
  type        = string
}

variable "images_kept" {
  description = "How many images of a repository are kept."
  type        = number
  default     = 100

  validation {
    condition     = var.images_kept >= 10
    error_message = "At least 10 images are kept, or a rollback finds nothing to go back to."
  }
}

variable "protected" {
  description = "A repository that holds images cannot be deleted."
  type        = bool
  default     = true
}
