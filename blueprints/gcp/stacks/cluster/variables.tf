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

variable "mode" {
  description = "`autopilot`, or `standard`: machines in a pool of our own."
  type        = string
  default     = "autopilot"

  validation {
    condition     = contains(["autopilot", "standard"], var.mode)
    error_message = "autopilot or standard."
  }
}

variable "channel" {
  description = "How soon new versions come: RAPID, REGULAR or STABLE."
  type        = string
  default     = "REGULAR"

  validation {
    condition     = contains(["RAPID", "REGULAR", "STABLE"], var.channel)
    error_message = "RAPID, REGULAR or STABLE."
  }
}

variable "master_cidr" {
  description = "Range of the control plane, a /28 that nothing else has."
  type        = string

  validation {
    condition     = endswith(var.master_cidr, "/28") && can(cidrhost(var.master_cidr, 0))
    error_message = "A /28, as GKE wants it."
  }
}

variable "network_id" {
  description = "The network."
  type        = string
}

variable "subnet_id" {
  description = "The subnet of the machines."
  type        = string
}

variable "range_names" {
  description = "Names of its ranges for pods and services."
  type        = object({ pods = string, services = string })
}

variable "admin_cidrs" {
  description = "Ranges that reach the control plane, by name."
  type        = map(string)
}

variable "nodes" {
  description = "Kind and number of machines, where the cluster is no Autopilot."
  type        = object({ machine_type = string, min = number, max = number })
}

variable "nodes_account" {
  description = "Account of the machines."
  type        = string
}

variable "workload_roles" {
  description = "Workloads as principals, with their roles."
  type        = map(object({ principal = string, roles = list(string) }))
}

variable "workload_accounts" {
  description = "Accounts of the workloads that log in to the database."
  type        = map(string)
  default     = {}
}

variable "security_group" {
  description = "Group of the groups that the cluster knows."
  type        = string
}

variable "team_groups" {
  description = "Groups of the teams, by team: their subjects in the cluster."
  type        = map(string)
}

variable "dns_zone_id" {
  description = "Zone in which names and certificates are made."
  type        = string
}

variable "protected" {
  description = "Deletion protection, and backups that outlive what they are of."
  type        = bool
  default     = true
}
