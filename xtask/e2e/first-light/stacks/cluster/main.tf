terraform {
  required_providers {
    kubernetes = { source = "hashicorp/kubernetes" }
  }
}

variable "host" {
  type = string
}

variable "token" {
  type = string
}

variable "team" {
  type = string
}

variable "network" {
  type = string
}

provider "kubernetes" {
  load_config_file = false
  host             = var.host
  token            = var.token
  insecure         = true
}

resource "kubernetes_namespace" "team" {
  metadata {
    name        = "team-${var.team}"
    annotations = { network = var.network }
  }
}

resource "kubernetes_resource_quota" "team" {
  metadata {
    name      = "team"
    namespace = kubernetes_namespace.team.metadata[0].name
  }

  spec {
    hard = { pods = "20" }
  }
}

resource "kubernetes_role" "reader" {
  metadata {
    name      = "reader"
    namespace = kubernetes_namespace.team.metadata[0].name
  }

  rule {
    api_groups = [""]
    resources  = ["pods"]
    verbs      = ["get", "list"]
  }
}

resource "kubernetes_deployment" "web" {
  wait_for_rollout = false

  metadata {
    name      = "web"
    namespace = kubernetes_namespace.team.metadata[0].name
  }

  spec {
    replicas = 1

    selector {
      match_labels = { app = "web" }
    }

    template {
      metadata {
        labels = { app = "web" }
      }

      spec {
        container {
          name  = "web"
          image = "web:1"
        }
      }
    }
  }
}

output "namespace" {
  value = kubernetes_namespace.team.metadata[0].name
}
