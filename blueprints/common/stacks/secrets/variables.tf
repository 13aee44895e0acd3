variable "namespace" {
  description = "The namespace of External Secrets."
  type        = string
}

variable "replicas" {
  description = "How many controllers stand by."
  type        = number
}

variable "priority_class" {
  description = "Priority class of the controllers."
  type        = string
}

variable "consumers" {
  description = "Namespaces that may ask the cloud's store for secrets by name."
  type        = list(string)
}
