# The ground that teams and services stand on. A namespace refuses pods below its level of security, and more than its share.

locals {
  teams = { for name, space in var.namespaces : name => space if space.kind == "team" }
}

resource "kubernetes_namespace_v1" "main" {
  for_each = var.namespaces

  metadata {
    name = each.key

    labels = merge(
      {
        "pod-security.kubernetes.io/enforce" = each.value.pod_security
        "pod-security.kubernetes.io/audit"   = "restricted"
        "pod-security.kubernetes.io/warn"    = "restricted"
        "platform/kind"                      = each.value.kind
        "platform/owner"                     = each.value.owner
      },
      var.mesh && each.value.mesh ? { "istio.io/dataplane-mode" = "ambient" } : {},
    )
  }
}

resource "kubernetes_resource_quota_v1" "main" {
  for_each = local.teams

  metadata {
    name      = "share"
    namespace = kubernetes_namespace_v1.main[each.key].metadata[0].name
  }

  spec {
    hard = {
      "requests.cpu"           = each.value.quota.cpu
      "requests.memory"        = each.value.quota.memory
      "requests.storage"       = each.value.quota.storage
      "pods"                   = tostring(each.value.quota.pods)
      "services.loadbalancers" = "0" # the way in is the gateway
      "services.nodeports"     = "0"
    }
  }
}

# What a container gets that says nothing. No limit of CPU: it would throttle what nobody else wants.
resource "kubernetes_limit_range_v1" "main" {
  for_each = local.teams

  metadata {
    name      = "containers"
    namespace = kubernetes_namespace_v1.main[each.key].metadata[0].name
  }

  spec {
    limit {
      type            = "Container"
      default         = { memory = "256Mi" }
      default_request = { cpu = "100m", memory = "128Mi" }
      max             = { memory = "4Gi" }
    }
  }
}
