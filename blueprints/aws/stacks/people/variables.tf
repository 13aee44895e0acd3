variable "org" {
  description = "Name of the estate; the beginning of all names."
  type        = string
}

variable "region" {
  description = "The region that the stack is in."
  type        = string
}

variable "accounts" {
  description = "Ids of the workloads' accounts, by environment."
  type        = map(string)
}

variable "teams" {
  description = "Teams that own apps."
  type        = list(string)
}
