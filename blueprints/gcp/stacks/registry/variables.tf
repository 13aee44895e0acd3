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

variable "repositories" {
  description = "Repositories, and the team that each is of."
  type        = map(string)
}

variable "nodes_account" {
  description = "Account of the machines that pull."
  type        = string
}
