variable "namespaces" {
  description = "The namespaces, and for each who owns it, its level of pod security, and how much it may use."
  type = map(object({
    owner        = string
    pod_security = optional(string, "restricted")
    kind         = optional(string, "team")   # team: nothing but what the team opens; service: reaches APIs of cluster and cloud
    mesh         = optional(bool, true)       # takes part where the environment has a mesh
    open_ports   = optional(list(number), []) # of a service: where everyone in the cluster calls in, the API server among them
    calls_ports  = optional(list(number), []) # of a service: what it calls beside APIs
    quota = optional(object({
      cpu     = optional(string, "8")
      memory  = optional(string, "16Gi")
      pods    = optional(number, 40)
      storage = optional(string, "100Gi")
    }), {})
  }))

  validation {
    condition     = alltrue([for space in var.namespaces : contains(["privileged", "baseline", "restricted"], space.pod_security)])
    error_message = "Pod security knows the levels privileged, baseline and restricted."
  }

  validation {
    condition     = alltrue([for space in var.namespaces : contains(["team", "service"], space.kind)])
    error_message = "A namespace is a team's or a service's."
  }
}

variable "metrics" {
  description = "Who may read metrics from teams' pods, and on which port."
  type        = object({ namespace = string, port = number })
  default     = { namespace = "observability", port = 9090 }
}

variable "mesh" {
  description = "Whether the environment has a service mesh."
  type        = bool
}

variable "groups" {
  description = "How the identity layer's groups are called in this cluster: the name of the subject of kind Group, by team."
  type        = map(string)
}

variable "administrators" {
  description = "Teams that may change everything in the cluster, beside the roles that deploy."
  type        = set(string)
  default     = ["platform"]
}

variable "auditors" {
  description = "Teams that may read everything but secrets."
  type        = set(string)
  default     = ["security"]
}
