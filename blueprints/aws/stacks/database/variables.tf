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
  description = "The subnets of databases, in three zones."
  type        = list(string)

  validation {
    condition     = length(var.subnet_ids) >= 3
    error_message = "Aurora spreads its storage over three zones."
  }
}

variable "security_group_id" {
  description = "The security group that says who reaches the database."
  type        = string
}

variable "instances" {
  description = "How many instances: one writes, the others read and stand by."
  type        = number

  validation {
    condition     = var.instances >= 1 && var.instances <= 15
    error_message = "Between 1 and 15 instances, as Aurora allows."
  }
}

variable "instance_class" {
  description = "Size of the instances."
  type        = string
}

variable "protected" {
  description = "Deletion protection, a final snapshot, and backups that nobody deletes early."
  type        = bool
  default     = true
}

variable "backup_days" {
  description = "Days that backups are kept."
  type        = number

  validation {
    condition     = var.backup_days >= 7 && var.backup_days <= 35
    error_message = "Between 7 and 35 days: Aurora keeps no longer, and a mistake found after a weekend must be mendable."
  }
}

variable "monitoring_role_arn" {
  description = "The role that sends the instances' own measurements."
  type        = string
}

variable "backup_role_arn" {
  description = "The role that AWS Backup takes."
  type        = string
}

variable "apps" {
  description = "Apps that sign in by IAM, each as the database user of its name, and have a secret for what cannot be had by identity."
  type        = set(string)
  default     = ["orders", "search"]
}
