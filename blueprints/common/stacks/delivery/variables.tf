variable "org" {
  description = "Name of the organisation: of the estate."
  type        = string
}

variable "env" {
  description = "Name of the environment."
  type        = string
}

variable "namespace" {
  description = "The namespace of Argo CD."
  type        = string
}

variable "priority_class" {
  description = "Priority class of Argo CD."
  type        = string
}

variable "replicas" {
  description = "How many of Argo CD's servers stand by."
  type        = number
}

variable "groups" {
  description = "How the identity layer's groups are called in this cluster, by team."
  type        = map(string)
}

variable "pushers" {
  description = "Which repository of the forge may push to which repository of images: the forge's numeric id, by name of the image."
  type        = map(string)

  validation {
    condition     = alltrue([for id in values(var.pushers) : can(regex("^[0-9]+$", id))])
    error_message = "Ids are numbers: a name can be given up and taken by somebody else."
  }
}
