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

variable "account_id" {
  description = "The account that the stack is in."
  type        = string

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "An account id has twelve digits."
  }
}

variable "subnet_ids" {
  description = "The private subnets that machines stand in."
  type        = list(string)
}

variable "security_group_id" {
  description = "The security group of machines."
  type        = string
}

variable "instance_profile" {
  description = "ARN of the instance profile: what a machine may do, Session Manager first."
  type        = string
}

variable "instance_type" {
  description = "Size of a machine."
  type        = string
  default     = "m7g.large"
}

variable "size" {
  description = "How many machines at least, at most and to begin with."
  type        = object({ min = number, max = number, desired = number })

  validation {
    condition     = var.size.min <= var.size.desired && var.size.desired <= var.size.max
    error_message = "It must hold that min <= desired <= max."
  }
}
