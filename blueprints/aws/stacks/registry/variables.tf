variable "org" {
  description = "Name of the estate: the first word of every name."
  type        = string
}

variable "env" {
  description = "Name of the environment."
  type        = string
}

variable "repositories" {
  description = "The repositories, and the team of each."
  type        = map(string)
}

variable "protected" {
  description = "Whether what bears data refuses to be destroyed."
  type        = bool
}

