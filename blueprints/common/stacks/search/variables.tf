variable "env" {
  description = "Name of the environment."
  type        = string
}

variable "namespace" {
  description = "The team's namespace."
  type        = string
}

variable "argocd_namespace" {
  description = "Where Argo CD looks for applications."
  type        = string
}

variable "repository" {
  description = "The team's repository of manifests, and the folder and revision that this environment follows."
  type = object({
    url      = string
    path     = string
    revision = string
  })

  validation {
    condition     = startswith(var.repository.url, "https://")
    error_message = "The repository is read over HTTPS."
  }
}

variable "image" {
  description = "The repository of the app's image."
  type        = string
}

variable "priority_class" {
  description = "Priority class of the app."
  type        = string
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

variable "secret_store" {
  description = "The store that external secrets name."
  type        = object({ kind = string, name = string })
}

variable "otlp_endpoint" {
  description = "Where the app sends its logs and metrics."
  type        = string
}
