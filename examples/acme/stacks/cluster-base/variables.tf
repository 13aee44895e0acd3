variable "cluster" {
  description = "The cluster: its name, the address of its API server, and its certificate authority (base64)."
  type = object({
    name     = string
    endpoint = string
    ca       = optional(string, "")
  })
}

variable "namespaces" {
  description = "The namespaces, and for each: its level of pod security, the stacks that work in it, and its quota."
  type = map(object({
    security = optional(string, "restricted")
    stacks   = set(string)
    quota = optional(object({
      cpu    = optional(string, "8")
      memory = optional(string, "16Gi")
      pods   = optional(number, 40)
    }), {})
  }))

  validation {
    condition     = alltrue([for space in var.namespaces : contains(["privileged", "baseline", "restricted"], space.security)])
    error_message = "Pod security knows the levels privileged, baseline and restricted."
  }
}

variable "cluster_wide" {
  description = "What a stack may write outside of namespaces, by stack: API groups and resources."
  type        = map(list(object({ group = string, resources = list(string) })))
  default     = {}
}
