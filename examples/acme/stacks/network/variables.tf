variable "org" {
  description = "Name of the organisation."
  type        = string
}

variable "env" {
  description = "Name of the environment."
  type        = string
}

variable "region" {
  description = "The region that this network is in."
  type        = string
}

variable "cidr" {
  description = "Addresses of the network. Its quarters: 0 or 1 is private (see `private_block`), 2 holds the control plane, 3 is public."
  type        = string

  validation {
    condition     = can(cidrnetmask(var.cidr)) && tonumber(split("/", var.cidr)[1]) <= 20
    error_message = "The network needs a CIDR of /20 or larger."
  }
}

variable "zones" {
  description = "Letters of the availability zones, in order; the order gives the subnets their addresses, so new ones go to the end."
  type        = list(string)
  default     = ["a", "b"]

  validation {
    condition     = length(var.zones) >= 2 && length(var.zones) <= 4
    error_message = "Between two and four zones: the database and the cluster need two, and there are addresses for four."
  }
}

variable "private_block" {
  description = "Which quarter of the network's addresses the private subnets take, 0 or 1. Changed to renumber them: the new subnets are made, what stands in the old ones moves over, then the old ones go."
  type        = number
  default     = 0

  validation {
    condition     = contains([0, 1], var.private_block)
    error_message = "The private subnets take quarter 0 or 1; the others are taken."
  }
}

variable "nat" {
  description = "Whether private subnets reach the internet: one gateway for all zones, or one for each."
  type        = string
  default     = "one"

  validation {
    condition     = contains(["one", "each"], var.nat)
    error_message = "Either `one` or `each`."
  }
}
