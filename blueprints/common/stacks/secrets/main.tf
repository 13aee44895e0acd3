# Secrets live in the cloud's store and come into a namespace by name; no state and no plan ever holds one.

resource "helm_release" "external_secrets" {
  name       = "external-secrets"
  namespace  = var.namespace
  repository = "https://charts.external-secrets.io"
  chart      = "external-secrets"
  version    = "1.1.1"

  values = [yamlencode({
    installCRDs         = false # `cluster-base` has them
    replicaCount        = var.replicas
    leaderElect         = var.replicas > 1
    priorityClassName   = var.priority_class
    podDisruptionBudget = { enabled = var.replicas > 1, minAvailable = 1 }
    podLabels           = local.identity_labels
    serviceAccount      = { name = "external-secrets", annotations = local.identity_annotations }

    # Only what we use: no store in one namespace, no secrets pushed out of the cluster.
    processPushSecret   = false
    processClusterStore = true
  })]
}

# One store for the cluster, and a list of who may read by it.
resource "helm_release" "store" {
  name      = "secret-store"
  namespace = helm_release.external_secrets.namespace
  chart     = "${path.module}/chart"

  values = [yamlencode({
    name      = "cloud"
    provider  = local.store_provider
    consumers = sort(var.consumers)
  })]
}
