# Names and certificates of what apps offer, each by an identity of its own that can write the environment's zone and nothing else.

locals {
  domain = trimsuffix(var.zone_name, ".")
}

resource "helm_release" "external_dns" {
  name       = "external-dns"
  namespace  = var.namespaces.external-dns
  repository = "https://kubernetes-sigs.github.io/external-dns/"
  chart      = "external-dns"
  version    = "1.19.0"

  values = [yamlencode(merge(local.dns_provider, {
    sources           = ["gateway-httproute"]
    domainFilters     = [local.domain]
    policy            = "sync"
    registry          = "txt"
    txtOwnerId        = var.cluster_name # names of another cluster in the same zone are left alone
    priorityClassName = var.priority_class
    podLabels         = local.identity_labels
    serviceAccount    = { create = true, name = "external-dns", annotations = local.identity_annotations["external-dns"] }
    resources         = { requests = { cpu = "50m", memory = "64Mi" }, limits = { memory = "256Mi" } }
  }))]
}

resource "helm_release" "cert_manager" {
  name       = "cert-manager"
  namespace  = var.namespaces.cert-manager
  repository = "https://charts.jetstack.io"
  chart      = "cert-manager"
  version    = "v1.19.2"

  values = [yamlencode({
    crds           = { enabled = true, keep = true } # certificates outlive an upgrade and a removal
    replicaCount   = var.replicas
    global         = { priorityClassName = var.priority_class }
    podLabels      = local.identity_labels
    serviceAccount = { create = true, name = "cert-manager", annotations = local.identity_annotations["cert-manager"] }
    webhook        = { replicaCount = var.replicas, securePort = 10250 }
    config         = { apiVersion = "controller.config.cert-manager.io/v1alpha1", kind = "ControllerConfiguration", enableGatewayAPI = true }
    resources      = { requests = { cpu = "50m", memory = "128Mi" }, limits = { memory = "512Mi" } }
  })]
}

resource "helm_release" "issuer" {
  name      = "issuer"
  namespace = helm_release.cert_manager.namespace
  chart     = "${path.module}/chart"

  values = [yamlencode({
    contact = var.contact
    server  = var.issuer_url
    domain  = local.domain
    solver  = local.solver
  })]
}
