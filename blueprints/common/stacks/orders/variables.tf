variable "namespace" {
  description = "The team's namespace."
  type        = string
}

variable "priority_class" {
  description = "Priority class of the app."
  type        = string
}

variable "image" {
  description = "The repository of the app's image."
  type        = string
}

variable "release" {
  description = "The version of the app."
  type        = string

  validation {
    condition     = can(regex("^[0-9]+\\.[0-9]+\\.[0-9]+$", var.release))
    error_message = "A version is three numbers: what runs is never `latest`."
  }
}

variable "replicas" {
  description = "How many of the app run at least."
  type        = number

  validation {
    condition     = var.replicas >= 1
    error_message = "An app that is to be reached has one replica at least."
  }
}

variable "gateway" {
  description = "The gateway that the app's route stands on, and where its requests come from."
  type = object({
    name       = string
    namespace  = string
    listener   = string
    domain     = string
    cidrs      = list(string)
    namespaces = list(string)
  })
}

variable "database" {
  description = "Where the orders are and as whom the app comes. It proves who it is by its workload identity: there is no password."
  type = object({
    endpoint = string
    port     = number
    name     = string
    user     = string
  })
}

variable "secret_store" {
  description = "The store that external secrets name."
  type        = object({ kind = string, name = string })
}

variable "secret_names" {
  description = "Secrets of the cloud's store that the app reads: name there, by name here."
  type        = map(string)
  default     = {}
}

variable "otlp_endpoint" {
  description = "Where the app sends its logs and metrics."
  type        = string
}

variable "observability_namespace" {
  description = "The namespace that the app sends to."
  type        = string
}
