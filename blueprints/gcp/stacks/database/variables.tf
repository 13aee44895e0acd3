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

variable "network_id" {
  description = "The network that the database has its address in."
  type        = string
}

variable "peering_range" {
  description = "Name of the range that it takes the address of."
  type        = string
}

variable "tier" {
  description = "Size of the instance."
  type        = string
  default     = "db-custom-1-3840"
}

variable "availability" {
  description = "ZONAL, or REGIONAL: with a standby in another zone."
  type        = string
  default     = "REGIONAL"

  validation {
    condition     = contains(["ZONAL", "REGIONAL"], var.availability)
    error_message = "ZONAL or REGIONAL."
  }
}

variable "retained_backups" {
  description = "How many daily backups are kept."
  type        = number
  default     = 30

  validation {
    condition     = var.retained_backups >= 7 && var.retained_backups <= 365
    error_message = "Between 7 and 365."
  }
}

variable "protected" {
  description = "Deletion protection, and backups that outlive what they are of."
  type        = bool
  default     = true
}

variable "workload_accounts" {
  description = "Service accounts of the workloads that log in, by workload."
  type        = map(string)
}

variable "operators_group" {
  description = "Group of the people who log in."
  type        = string
}

variable "secrets" {
  description = "Names of the apps' secrets, by ENV-independent name."
  type        = set(string)
  default     = ["orders-partner", "search-index"]
}
