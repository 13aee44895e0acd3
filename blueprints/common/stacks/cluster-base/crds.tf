# Custom resource definitions that several stacks above write to. They stand below their controllers, so that no upgrade or removal of a
# controller takes the objects with it. Definitions of which only one chart knows come with that chart.

locals {
  # Apps of all teams write these; the controller is `secrets`. Its chart can bring the definitions and nothing else.
  common_crds = {
    external-secrets-crds = {
      repository = "https://charts.external-secrets.io"
      chart      = "external-secrets"
      version    = "1.1.1"
      values = {
        installCRDs    = true
        createOperator = false
        webhook        = { create = false }
        certController = { create = false }
        serviceAccount = { create = false }
        rbac           = { create = false }
      }
    }
  }
}

resource "helm_release" "crds" {
  for_each = merge(local.common_crds, local.crds)

  name       = each.key
  namespace  = "kube-system"
  repository = each.value.repository
  chart      = each.value.chart
  version    = each.value.version
  values     = [yamlencode(each.value.values)]
}
