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

variable "kubernetes_version" {
  description = "Version of Kubernetes; raised one minor version at a time."
  type        = string
  default     = "1.33"

  validation {
    condition     = can(regex("^1\\.[0-9]+$", var.kubernetes_version))
    error_message = "A minor version, such as 1.33."
  }
}

variable "control_plane_subnet_ids" {
  description = "The subnets of the control plane's interfaces."
  type        = list(string)
}

variable "subnet_ids" {
  description = "The private subnets of the machines."
  type        = list(string)
}

variable "security_group_id" {
  description = "The security group of the machines."
  type        = string
}

variable "network_cidr" {
  description = "Addresses of the network: who stands in it reaches the API server, which asks who they are."
  type        = string
}

variable "service_role_arns" {
  description = "The roles that the control plane and the machines take."
  type        = object({ cluster = string, nodes = string })
}

variable "workload_role_arns" {
  description = "The roles of what runs in the cluster, by name."
  type        = map(string)
}

variable "stack_role_arns" {
  description = "Roles of the stacks' automation, by STACK-PURPOSE."
  type        = map(string)
}

variable "team_role_arns" {
  description = "Roles by which the cluster knows people, by team."
  type        = map(string)
}

variable "access" {
  description = "What each stack's roles are inside the cluster, by STACK-PURPOSE: a policy of EKS, in some namespaces or everywhere, and groups that `cluster-base` gives their rights."
  type = map(object({
    policy     = string
    namespaces = optional(list(string), [])
    groups     = optional(list(string), [])
  }))

  validation {
    condition     = alltrue([for key in keys(var.access) : can(regex("-(plan|apply)$", key))])
    error_message = "Each key is STACK-plan or STACK-apply."
  }
}

variable "auto_mode" {
  description = "Whether EKS runs machines, disks, load balancers and add-ons itself (Auto Mode), in place of the node group."
  type        = bool
  default     = false
}

variable "nodes" {
  description = "The machines of the node group: type, and how many at least, at most and to begin with."
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
