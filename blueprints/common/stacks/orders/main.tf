# The app of team A, deployed by Strata: a change of its version is a plan of this stack alone.

resource "kubernetes_service_account_v1" "orders" {
  metadata {
    name        = "orders"
    namespace   = var.namespace
    annotations = local.identity_annotations
  }

  automount_service_account_token = false # the cloud's token is another, and is mounted by the cloud
}

resource "helm_release" "orders" {
  name            = "orders"
  namespace       = var.namespace
  chart           = "${path.module}/chart"
  atomic          = true
  cleanup_on_fail = true
  timeout         = 300

  values = [yamlencode({
    image          = "${var.image}:${var.release}"
    replicas       = var.replicas
    priorityClass  = var.priority_class
    serviceAccount = kubernetes_service_account_v1.orders.metadata[0].name
    podLabels      = merge(local.identity_labels, { "platform/behind-gateway" = "true" })
    gateway        = var.gateway
    database       = { port = var.database.port }
    secrets        = { store = var.secret_store, names = var.secret_names }
    telemetry      = { namespace = var.observability_namespace }

    settings = merge(local.settings, {
      DATABASE_HOST               = var.database.endpoint
      DATABASE_PORT               = tostring(var.database.port)
      DATABASE_NAME               = var.database.name
      DATABASE_USER               = var.database.user
      OTEL_EXPORTER_OTLP_ENDPOINT = var.otlp_endpoint
      OTEL_SERVICE_NAME           = "orders"
    })
  })]
}
