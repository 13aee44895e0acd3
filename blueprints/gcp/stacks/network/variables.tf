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

variable "ranges" {
  description = "Ranges of the network. `services` is the cluster's; `services_range` is for managed databases."
  type        = object({ nodes = string, pods = string, services = string, proxies = string, services_range = string })

  validation {
    condition     = alltrue([for range in values(var.ranges) : can(cidrhost(range, 0))])
    error_message = "Each is a range such as 10.16.0.0/20."
  }
}

variable "nat_addresses" {
  description = "How many addresses go out: one for about 64 000 connections to one place."
  type        = number
  default     = 1

  validation {
    condition     = var.nat_addresses >= 1 && var.nat_addresses <= 16
    error_message = "Between 1 and 16."
  }
}
