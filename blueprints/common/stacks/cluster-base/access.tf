# What people may do in the cluster. Groups are those of the identity layer; nobody is named here.

locals {
  owned = { for name, space in var.namespaces : name => space.owner if space.kind == "team" }

  # A team works with these in its own namespaces. Secrets are not among them: they come from the cloud's store by name.
  apis = {
    ""                          = ["configmaps", "services", "pods", "pods/log", "pods/portforward", "events", "persistentvolumeclaims"]
    "apps"                      = ["deployments", "statefulsets", "replicasets", "daemonsets"]
    "batch"                     = ["jobs", "cronjobs"]
    "autoscaling"               = ["horizontalpodautoscalers"]
    "policy"                    = ["poddisruptionbudgets"]
    "networking.k8s.io"         = ["networkpolicies"]
    "gateway.networking.k8s.io" = ["httproutes"]
    "external-secrets.io"       = ["externalsecrets"]
  }
}

resource "kubernetes_cluster_role_v1" "team" {
  metadata {
    name = "platform:team"
  }

  dynamic "rule" {
    for_each = local.apis

    content {
      api_groups = [rule.key]
      resources  = rule.value
      verbs      = ["get", "list", "watch"]
    }
  }

  # By hand only what mends and shows; what runs is changed by its pipeline.
  rule {
    api_groups = [""]
    resources  = ["pods"]
    verbs      = ["delete"]
  }

  rule {
    api_groups = ["apps"]
    resources  = ["deployments/scale", "statefulsets/scale"]
    verbs      = ["update", "patch"]
  }

  rule {
    api_groups = [""]
    resources  = ["pods/portforward"]
    verbs      = ["create"]
  }
}

resource "kubernetes_role_binding_v1" "team" {
  for_each = local.owned

  metadata {
    name      = "platform:team"
    namespace = kubernetes_namespace_v1.main[each.key].metadata[0].name
  }

  role_ref {
    api_group = "rbac.authorization.k8s.io"
    kind      = "ClusterRole"
    name      = kubernetes_cluster_role_v1.team.metadata[0].name
  }

  subject {
    api_group = "rbac.authorization.k8s.io"
    kind      = "Group"
    name      = var.groups[each.value]
  }
}

resource "kubernetes_cluster_role_binding_v1" "administrators" {
  for_each = var.administrators

  metadata {
    name = "platform:administrators:${each.key}"
  }

  role_ref {
    api_group = "rbac.authorization.k8s.io"
    kind      = "ClusterRole"
    name      = "cluster-admin"
  }

  subject {
    api_group = "rbac.authorization.k8s.io"
    kind      = "Group"
    name      = var.groups[each.key]
  }
}

# The cluster's own role `view` reads no secrets.
resource "kubernetes_cluster_role_binding_v1" "auditors" {
  for_each = var.auditors

  metadata {
    name = "platform:auditors:${each.key}"
  }

  role_ref {
    api_group = "rbac.authorization.k8s.io"
    kind      = "ClusterRole"
    name      = "view"
  }

  subject {
    api_group = "rbac.authorization.k8s.io"
    kind      = "Group"
    name      = var.groups[each.key]
  }
}
