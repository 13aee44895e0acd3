# What each stack's roles may do inside: in its namespaces read or write, and cluster-wide what `cluster_wide` names. The groups
# are those of the cluster's access entries, `strata:STACK:PURPOSE`.

locals {
  grants = merge([
    for space, about in var.namespaces : { for stack in about.stacks : "${space}/${stack}" => { namespace = space, stack = stack } }
  ]...)

  # What teams work with. Secrets among it, since Helm keeps its releases in them.
  apis = {
    ""                  = ["configmaps", "secrets", "services", "serviceaccounts", "persistentvolumeclaims", "pods"]
    "apps"              = ["deployments", "daemonsets", "statefulsets", "replicasets"]
    "batch"             = ["jobs", "cronjobs"]
    "autoscaling"       = ["horizontalpodautoscalers"]
    "policy"            = ["poddisruptionbudgets"]
    "networking.k8s.io" = ["ingresses", "networkpolicies"]
  }

  verbs = {
    plan  = ["get", "list", "watch"]
    apply = ["get", "list", "watch", "create", "update", "patch", "delete"]
  }

  bindings = merge([
    for key, grant in local.grants : { for purpose, _ in local.verbs : "${key}/${purpose}" => merge(grant, { purpose = purpose }) }
  ]...)

  wide = merge([
    for stack, rules in var.cluster_wide : { for purpose, _ in local.verbs : "${stack}:${purpose}" => { rules = rules, purpose = purpose } }
  ]...)
}

resource "kubernetes_cluster_role" "namespaced" {
  for_each = local.verbs

  metadata {
    name = "strata:${each.key}"
  }

  dynamic "rule" {
    for_each = local.apis

    content {
      api_groups = [rule.key]
      resources  = rule.value
      verbs      = each.value
    }
  }
}

resource "kubernetes_role_binding" "stack" {
  for_each = local.bindings

  metadata {
    name      = "strata:${each.value.stack}:${each.value.purpose}"
    namespace = kubernetes_namespace.main[each.value.namespace].metadata[0].name
  }

  role_ref {
    api_group = "rbac.authorization.k8s.io"
    kind      = "ClusterRole"
    name      = kubernetes_cluster_role.namespaced[each.value.purpose].metadata[0].name
  }

  subject {
    api_group = "rbac.authorization.k8s.io"
    kind      = "Group"
    name      = "strata:${each.value.stack}:${each.value.purpose}"
  }
}

resource "kubernetes_cluster_role" "wide" {
  for_each = local.wide

  metadata {
    name = "strata:${each.key}"
  }

  dynamic "rule" {
    for_each = each.value.rules

    content {
      api_groups = [rule.value.group]
      resources  = rule.value.resources
      verbs      = local.verbs[each.value.purpose]
    }
  }
}

resource "kubernetes_cluster_role_binding" "wide" {
  for_each = local.wide

  metadata {
    name = "strata:${each.key}"
  }

  role_ref {
    api_group = "rbac.authorization.k8s.io"
    kind      = "ClusterRole"
    name      = kubernetes_cluster_role.wide[each.key].metadata[0].name
  }

  subject {
    api_group = "rbac.authorization.k8s.io"
    kind      = "Group"
    name      = "strata:${each.key}"
  }
}
