variable "org" {
  description = "Name of the estate: the first word of every name."
  type        = string
}

variable "env" {
  description = "Name of the environment."
  type        = string
}

variable "region" {
  description = "Region of the environment."
  type        = string
}

variable "account_id" {
  description = "The account of the environment."
  type        = string
}

variable "boundary_arn" {
  description = "The boundary that every role has."
  type        = string
}

variable "network" {
  description = "The network, and the private subnets of it, one in each zone."
  type        = object({ id = string, subnet_ids = list(string) })

  validation {
    condition     = length(var.network.subnet_ids) >= 2
    error_message = "At least two zones: one may fail."
  }
}

variable "protected" {
  description = "Whether what bears data refuses to be destroyed."
  type        = bool
}

variable "network_cidr" {
  description = "Addresses that the warehouse answers: those of the network."
  type        = string
}

variable "raw" {
  description = "Where raw events lie, and the key to read them."
  type        = object({ bucket = string, bucket_arn = string, prefix = string, key_arn = string })
}

variable "capacity" {
  description = "Redshift processing units: as little as stands ready, and as many as a query may get."
  type        = object({ base = number, max = number })

  validation {
    condition     = var.capacity.base >= 8 && var.capacity.max >= var.capacity.base
    error_message = "Redshift Serverless begins at 8 units."
  }
}

variable "hours_a_month" {
  description = "Unit hours a month after which queries are stopped: a bill that nobody meant."
  type        = number
  default     = 2000
}
