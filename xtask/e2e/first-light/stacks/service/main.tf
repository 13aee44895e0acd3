terraform {
  required_providers {
    kubectl = { source = "gavinbunney/kubectl" }
  }
}

variable "host" {
  type = string
}

variable "token" {
  type = string
}

variable "namespace" {
  type = string
}

variable "greeting" {
  type = string
}

provider "kubectl" {
  load_config_file = false
  host             = var.host
  token            = var.token
  insecure         = true
}

resource "kubectl_manifest" "settings" {
  yaml_body = yamlencode({
    apiVersion = "v1"
    kind       = "ConfigMap"
    metadata   = { name = "settings", namespace = var.namespace }
    data       = { greeting = var.greeting }
  })
}
