# What the stacks of apps may do beside EKS's own policies, which know no custom resources: each by the group of its access entry, and only
# where it works.

locals {
  stack_grants = {
    "orders/orders" = { stack = "orders", namespace = "orders" }
    "search/search" = { stack = "search", namespace = "search" }
    "search/argocd" = { stack = "search", namespace = "argocd" } # its project and its application stand there
  }

  stack_verbs = {
    plan  = ["get", "list", "watch"]
    apply = ["get", "list", "watch", "create", "update", "patch", "delete"]
  }

  stack_bindings = merge([
    for key, grant in local.stack_grants : { for purpose in keys(local.stack_verbs) : "${key}/${purpose}" => merge(grant, { purpose = purpose }) }
  ]...)
}

resource "kubernetes_cluster_role_v1" "app_stack" {
  for_each = local.stack_verbs

  metadata {
    name = "platform:app-stack:${each.key}"
  }

  rule {
    api_groups = ["gateway.networking.k8s.io"]
    resources  = ["httproutes"]
    verbs      = each.value
  }

  rule {
    api_groups = ["external-secrets.io"]
    resources  = ["externalsecrets"]
    verbs      = each.value
  }

  rule {
    api_groups = ["argoproj.io"]
    resources  = ["applications", "appprojects"]
    verbs      = each.value
  }
}

resource "kubernetes_role_binding_v1" "app_stack" {
  for_each = local.stack_bindings

  metadata {
    name      = "platform:app-stack:${each.value.stack}:${each.value.purpose}"
    namespace = kubernetes_namespace_v1.main[each.value.namespace].metadata[0].name
  }

  role_ref {
    api_group = "rbac.authorization.k8s.io"
    kind      = "ClusterRole"
    name      = kubernetes_cluster_role_v1.app_stack[each.value.purpose].metadata[0].name
  }

  subject {
    api_group = "rbac.authorization.k8s.io"
    kind      = "Group"
    name      = "strata:${each.value.stack}:${each.value.purpose}"
  }
}
