# Layer 3: the ground that teams stand on. A namespace refuses pods below its level of security, and all traffic that no policy allows.

resource "kubernetes_namespace" "main" {
  for_each = var.namespaces

  metadata {
    name = each.key

    labels = {
      "pod-security.kubernetes.io/enforce" = each.value.security
      "pod-security.kubernetes.io/warn"    = "restricted"
    }
  }
}

resource "kubernetes_resource_quota" "main" {
  for_each = var.namespaces

  metadata {
    name      = "team"
    namespace = kubernetes_namespace.main[each.key].metadata[0].name
  }

  spec {
    hard = {
      "requests.cpu"    = each.value.quota.cpu
      "requests.memory" = each.value.quota.memory
      pods              = tostring(each.value.quota.pods)
    }
  }
}

resource "kubernetes_limit_range" "main" {
  for_each = var.namespaces

  metadata {
    name      = "containers"
    namespace = kubernetes_namespace.main[each.key].metadata[0].name
  }

  spec {
    limit {
      type            = "Container"
      default         = { memory = "256Mi" }
      default_request = { cpu = "100m", memory = "128Mi" }
    }
  }
}

# Nothing goes in or out but names; each team opens what it needs beside this.
resource "kubernetes_network_policy" "deny" {
  for_each = var.namespaces

  metadata {
    name      = "default-deny"
    namespace = kubernetes_namespace.main[each.key].metadata[0].name
  }

  spec {
    pod_selector {}
    policy_types = ["Ingress", "Egress"]

    egress {
      ports {
        port     = "53"
        protocol = "UDP"
      }

      to {
        namespace_selector {
          match_labels = { "kubernetes.io/metadata.name" = "kube-system" }
        }
      }
    }
  }
}
