# Nothing goes in or out of a namespace but what a policy opens. These are the policies of the platform; each team opens what it needs
# beside them.

resource "kubernetes_network_policy_v1" "deny" {
  for_each = var.namespaces

  metadata {
    name      = "default-deny"
    namespace = kubernetes_namespace_v1.main[each.key].metadata[0].name
  }

  spec {
    pod_selector {}
    policy_types = ["Ingress", "Egress"]
  }
}

# Names, and the mesh's tunnel between namespaces: who may use it is said by the mesh's own policies.
resource "kubernetes_network_policy_v1" "ground" {
  for_each = var.namespaces

  metadata {
    name      = "names-and-mesh"
    namespace = kubernetes_namespace_v1.main[each.key].metadata[0].name
  }

  spec {
    pod_selector {}
    policy_types = ["Ingress", "Egress"]

    dynamic "ingress" {
      for_each = var.mesh && each.value.mesh ? ["15008"] : []

      content {
        ports {
          port     = ingress.value
          protocol = "TCP"
        }
      }
    }

    dynamic "egress" {
      for_each = var.mesh && each.value.mesh ? ["15008"] : []

      content {
        ports {
          port     = egress.value
          protocol = "TCP"
        }
      }
    }

    dynamic "egress" {
      for_each = ["UDP", "TCP"]

      content {
        ports {
          port     = "53"
          protocol = egress.value
        }

        to {
          namespace_selector {
            match_labels = { "kubernetes.io/metadata.name" = "kube-system" }
          }
        }
      }
    }
  }
}

# Metrics are read from teams' pods on one port, by one namespace.
resource "kubernetes_network_policy_v1" "metrics" {
  for_each = local.teams

  metadata {
    name      = "metrics"
    namespace = kubernetes_namespace_v1.main[each.key].metadata[0].name
  }

  spec {
    pod_selector {}
    policy_types = ["Ingress"]

    ingress {
      ports {
        port     = tostring(var.metrics.port)
        protocol = "TCP"
      }

      from {
        namespace_selector {
          match_labels = { "kubernetes.io/metadata.name" = var.metrics.namespace }
        }
      }
    }
  }
}

# Services of the platform talk among their own pods and to the APIs of the cluster and of the cloud, and are called on their open ports.
resource "kubernetes_network_policy_v1" "service" {
  for_each = { for name, space in var.namespaces : name => space if space.kind == "service" }

  metadata {
    name      = "service"
    namespace = kubernetes_namespace_v1.main[each.key].metadata[0].name
  }

  spec {
    pod_selector {}
    policy_types = ["Ingress", "Egress"]

    ingress {
      from {
        pod_selector {}
      }
    }

    dynamic "ingress" {
      for_each = each.value.open_ports

      content {
        ports {
          port     = tostring(ingress.value)
          protocol = "TCP"
        }
      }
    }

    egress {
      to {
        pod_selector {}
      }
    }

    dynamic "egress" {
      for_each = concat([443, 6443], each.value.calls_ports)

      content {
        ports {
          port     = tostring(egress.value)
          protocol = "TCP"
        }
      }
    }
  }
}
