variable "name" {
  description = "Name of the app: of its release, its deployment and its service."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,30}$", var.name))
    error_message = "A name is 2 to 31 lower-case letters, digits and hyphens."
  }
}

variable "namespace" {
  description = "The namespace that it runs in."
  type        = string
}

variable "image" {
  description = "The image, by version or digest."
  type        = string
}

variable "replicas" {
  description = "How many pods."
  type        = number
  default     = 2
}

variable "settings" {
  description = "Environment of the containers: nothing secret."
  type        = map(string)
  default     = {}
}

variable "ingress" {
  description = "The host name that the app answers to, the class and the namespace of the controller in front of it."
  type = object({
    host      = string
    class     = string
    namespace = string
  })
}
