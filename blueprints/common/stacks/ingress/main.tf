# The way in: one gateway for all teams, who put routes of their own on it. Whose load balancer stands behind it and where its
# certificate comes from is told by `cloud.tf`.

resource "helm_release" "gateway" {
  name      = "gateway"
  namespace = var.namespace
  chart     = "${path.module}/chart"

  values = [yamlencode(merge(local.gateway, {
    domain = var.domain
  }))]
}
