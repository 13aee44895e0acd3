# Istio in ambient mode: mutual TLS between pods with no sidecars. Definitions, then the control plane, then what runs on each machine.

locals {
  repository = "https://istio-release.storage.googleapis.com/charts"
  version    = "1.28.1"
  count      = var.enabled ? 1 : 0
}

resource "helm_release" "base" {
  count = local.count

  name       = "istio-base"
  namespace  = var.namespace
  repository = local.repository
  chart      = "base"
  version    = local.version
}

resource "helm_release" "istiod" {
  count = local.count

  name       = "istiod"
  namespace  = var.namespace
  repository = local.repository
  chart      = "istiod"
  version    = local.version

  values = [yamlencode({
    profile          = "ambient"
    autoscaleMin     = var.replicas
    global           = merge({ priorityClassName = var.priority_class }, local.platform)
    meshConfig       = { accessLogFile = "/dev/stdout" }
    pilot            = { env = { PILOT_ENABLE_AMBIENT = "true" } }
    autoscaleEnabled = true
  })]

  depends_on = [helm_release.base]
}

resource "helm_release" "cni" {
  count = local.count

  name       = "istio-cni"
  namespace  = var.namespace
  repository = local.repository
  chart      = "cni"
  version    = local.version
  values     = [yamlencode({ profile = "ambient", global = local.platform })]

  depends_on = [helm_release.istiod]
}

resource "helm_release" "ztunnel" {
  count = local.count

  name       = "ztunnel"
  namespace  = var.namespace
  repository = local.repository
  chart      = "ztunnel"
  version    = local.version
  values     = [yamlencode({ global = local.platform })]

  depends_on = [helm_release.cni]
}

resource "helm_release" "policy" {
  count = local.count

  name      = "mesh-policy"
  namespace = var.namespace
  chart     = "${path.module}/chart"
  values    = [yamlencode({ namespaces = sort(var.namespaces) })]

  depends_on = [helm_release.ztunnel]
}
