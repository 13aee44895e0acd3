# Custom resource definitions that several stacks above write to. They stand below their controllers, so that no upgrade or removal of a
# controller takes the objects with it. Definitions of which only one chart knows come with that chart.

resource "helm_release" "crds" {
  for_each = local.crds

  name       = each.key
  namespace  = "kube-system"
  repository = each.value.repository
  chart      = each.value.chart
  version    = each.value.version
  values     = [yamlencode(each.value.values)]
}
