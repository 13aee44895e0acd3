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

variable "subnet_ids" {
  description = "The subnets of databases, in three zones, as Redshift Serverless asks."
  type        = list(string)
}

variable "security_group_id" {
  description = "The security group that says who reaches the warehouse."
  type        = string
}

variable "role_arn" {
  description = "The role by which the warehouse reads events and the catalogue."
  type        = string
}

variable "capacity" {
  description = "Base capacity, in Redshift processing units."
  type        = number

  validation {
    condition     = var.capacity >= 8 && var.capacity % 8 == 0
    error_message = "A multiple of 8, as Redshift counts."
  }
}

variable "hours_a_day" {
  description = "For how many hours a day the base capacity may work; beyond that nothing is computed any more."
  type        = number
}
