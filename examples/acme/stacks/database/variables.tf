variable "org" {
  description = "Name of the organisation."
  type        = string
}

variable "env" {
  description = "Name of the environment."
  type        = string
}

variable "region" {
  description = "Region of the database."
  type        = string
}

variable "subnet_ids" {
  description = "The private subnets that the database may stand in, at least two zones of them."
  type        = list(string)
}

variable "security_group_id" {
  description = "The security group that says who reaches the database."
  type        = string
}

variable "instances" {
  description = "How many instances: one writes, the others read and stand by."
  type        = number
  default     = 1

  validation {
    condition     = var.instances >= 1 && var.instances <= 15
    error_message = "Between 1 and 15 instances, as Aurora allows."
  }
}

variable "instance_class" {
  description = "Size of the instances."
  type        = string
  default     = "db.t4g.medium"
}

variable "protected" {
  description = "Deletion protection and a final snapshot."
  type        = bool
  default     = true
}

variable "backup_days" {
  description = "Days that automatic backups are kept."
  type        = number
  default     = 7

  validation {
    condition     = var.backup_days >= 1 && var.backup_days <= 35
    error_message = "Between 1 and 35 days, as Aurora allows."
  }
}
