# Which service account has which role. The pods get it by EKS Pod Identity, without keys and without annotations.

locals {
  service_accounts = {
    otel                     = { namespace = "observability", name = "otel-collector" }
    external-secrets         = { namespace = "external-secrets", name = "external-secrets" }
    velero                   = { namespace = "velero", name = "velero" }
    external-dns             = { namespace = "external-dns", name = "external-dns" }
    cert-manager             = { namespace = "cert-manager", name = "cert-manager" }
    argocd                   = { namespace = "argocd", name = "argocd-repo-server" }
    load-balancer-controller = { namespace = "ingress", name = "aws-load-balancer-controller" }
    orders                   = { namespace = "orders", name = "orders" }
    search                   = { namespace = "search", name = "search" }
  }
}

resource "aws_eks_pod_identity_association" "workload" {
  for_each = local.service_accounts

  cluster_name    = aws_eks_cluster.main.name
  namespace       = each.value.namespace
  service_account = each.value.name
  role_arn        = var.workload_role_arns[each.key]
}
