variable "org" {
  description = "Name of the estate: the first word of every name."
  type        = string
}

variable "env" {
  description = "Name of the environment."
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

variable "size" {
  description = "How many machines at least and at most."
  type        = object({ min = number, max = number })

  validation {
    condition     = var.size.min >= 0 && var.size.max >= var.size.min
    error_message = "At most as many as, or more than, at least."
  }
}

variable "instance_type" {
  description = "Size of the machines."
  type        = string
  default     = "t4g.medium"
}

variable "image" {
  description = "The parameter of Systems Manager that names the image: read when a machine starts, so new ones are patched."
  type        = string
  default     = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64"
}
