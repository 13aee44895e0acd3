# How this stack reaches its cluster: by a short-lived token that a program asks for under the run's own identity. No key, no file.

variable "cluster_name" {
  description = "Name of the cluster."
  type        = string
}

variable "endpoint" {
  description = "Address of the cluster's API server."
  type        = string
}

variable "ca_certificate" {
  description = "The API server's certificate authority (PEM, in base64)."
  type        = string
}

variable "auth" {
  description = "The program that asks for tokens, and its arguments."
  type = object({
    exec_command = string
    exec_args    = list(string)
  })
}

provider "helm" {
  kubernetes = {
    host                   = var.endpoint
    cluster_ca_certificate = base64decode(var.ca_certificate)

    exec = {
      api_version = "client.authentication.k8s.io/v1"
      command     = var.auth.exec_command
      args        = var.auth.exec_args
    }
  }
}
