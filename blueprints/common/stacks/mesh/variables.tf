variable "enabled" {
  description = "Whether the environment has a mesh. Where it has none, this stack is empty."
  type        = bool
}

variable "namespace" {
  description = "The namespace of the mesh's control plane."
  type        = string
}

variable "replicas" {
  description = "How many control planes stand by."
  type        = number
}

variable "priority_class" {
  description = "Priority class of the control plane."
  type        = string
}

variable "namespaces" {
  description = "Namespaces of teams: traffic into them is mutual TLS only."
  type        = list(string)
}
