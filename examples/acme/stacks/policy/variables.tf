variable "cluster" {
  description = "The cluster: its name, the address of its API server, and its certificate authority (base64)."
  type = object({
    name     = string
    endpoint = string
    ca       = optional(string, "")
  })
}

variable "namespaces" {
  description = "The namespaces that the rules bind in."
  type        = set(string)
}
