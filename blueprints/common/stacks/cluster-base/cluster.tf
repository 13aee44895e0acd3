# How this stack reaches its cluster: by a short-lived token that a program asks for under the run's own identity. No key, no file.

variable "cluster" {
  description = "The cluster: its name, the address of its API server, its certificate authority (base64), and what asks for tokens."
  type = object({
    name           = string
    endpoint       = string
    ca_certificate = string
    auth = object({
      exec_command = string
      exec_args    = list(string)
    })
  })
}

provider "kubernetes" {
  host                   = var.cluster.endpoint
  cluster_ca_certificate = base64decode(var.cluster.ca_certificate)

  exec {
    api_version = "client.authentication.k8s.io/v1"
    command     = var.cluster.auth.exec_command
    args        = var.cluster.auth.exec_args
  }
}

provider "helm" {
  kubernetes = {
    host                   = var.cluster.endpoint
    cluster_ca_certificate = base64decode(var.cluster.ca_certificate)

    exec = {
      api_version = "client.authentication.k8s.io/v1"
      command     = var.cluster.auth.exec_command
      args        = var.cluster.auth.exec_args
    }
  }
}
