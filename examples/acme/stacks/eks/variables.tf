variable "org" {
  description = "Name of the organisation."
  type        = string
}

variable "env" {
  description = "Name of the environment."
  type        = string
}

variable "region" {
  description = "Region of the cluster."
  type        = string
}

variable "kubernetes_version" {
  description = "Version of Kubernetes; raised one minor version at a time."
  type        = string
  default     = "1.31"
}

variable "control_plane_subnet_ids" {
  description = "The subnets of the control plane's interfaces, in two zones at least."
  type        = list(string)
}

variable "subnet_ids" {
  description = "The private subnets of the machines."
  type        = list(string)
}

variable "nodes_security_group_id" {
  description = "The security group of the machines."
  type        = string
}

variable "workload_role_arns" {
  description = "The roles that the cluster and its machines take."
  type = object({
    workload-cluster = string
    workload-nodes   = string
  })
}

variable "stack_role_arns" {
  description = "Roles of the stacks' automation, by STACK-PURPOSE."
  type        = map(string)
}

variable "access" {
  description = "What each stack's roles are inside the cluster, by STACK-PURPOSE: a policy of EKS, or else only the group strata:STACK:PURPOSE, which `cluster-base` gives its rights."
  type        = map(object({ policy = optional(string) }))

  validation {
    condition     = alltrue([for key in keys(var.access) : can(regex("-(plan|apply)$", key))])
    error_message = "Each key is STACK-plan or STACK-apply."
  }
}

variable "nodes" {
  description = "The machines: type, and how many at least, at most and to begin with."
  type = object({
    type    = optional(string, "m7g.large")
    min     = number
    max     = number
    desired = number
  })

  validation {
    condition     = var.nodes.min <= var.nodes.desired && var.nodes.desired <= var.nodes.max
    error_message = "It must hold that min <= desired <= max."
  }
}

variable "admin_cidrs" {
  description = "Addresses that reach the API server from outside of the network; empty closes it to the outside."
  type        = list(string)
  default     = []
}
