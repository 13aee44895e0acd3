# Team B deploys `search` by Argo CD from its own repository. From here it gets what it cannot give itself: an identity, what its
# manifests need to know, a project that keeps it in its namespace, and the application. Namespace and quota are `cluster-base`'s.

resource "kubernetes_service_account_v1" "search" {
  metadata {
    name        = "search"
    namespace   = var.namespace
    annotations = local.identity_annotations
  }

  automount_service_account_token = false
}

# The wires: the team's manifests read these names instead of copying values between repositories.
resource "kubernetes_config_map_v1" "platform" {
  metadata {
    name      = "platform"
    namespace = var.namespace
  }

  data = merge(local.settings, {
    ENVIRONMENT                 = var.env
    OTEL_EXPORTER_OTLP_ENDPOINT = var.otlp_endpoint
  })
}

resource "helm_release" "application" {
  name      = "search"
  namespace = var.argocd_namespace
  chart     = "${path.module}/chart"

  values = [yamlencode({
    namespace  = var.namespace
    repository = var.repository

    # Given to the manifests' chart as values.
    values = {
      image          = var.image
      priorityClass  = var.priority_class
      serviceAccount = kubernetes_service_account_v1.search.metadata[0].name
      podLabels      = merge(local.identity_labels, { "platform/behind-gateway" = "true" })
      settings       = kubernetes_config_map_v1.platform.metadata[0].name
      gateway        = var.gateway
      secretStore    = var.secret_store
    }
  })]
}
