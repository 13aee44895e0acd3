# Layer 6: the shop, of the team shop. It reads the orders' address; it has no right to touch the database itself.

locals {
  image = "${var.images["shop"]}:${var.release}"
}

module "web" {
  source = "../../modules/web-app"

  name      = "shop"
  namespace = var.namespace
  image     = local.image
  replicas  = var.replicas
  ingress   = { host = "shop.${var.ingress.domain}", class = var.ingress.class, namespace = "ingress" }

  settings = {
    ORDERS_HOST   = var.orders.endpoint
    ORDERS_PORT   = tostring(var.orders.port)
    ORDERS_NAME   = var.orders.name
    LOGS_ENDPOINT = var.logs_endpoint
  }
}

# Out to the database's port; in comes what the app's own chart opens.
resource "kubectl_manifest" "to_orders" {
  yaml_body = yamlencode({
    apiVersion = "networking.k8s.io/v1"
    kind       = "NetworkPolicy"
    metadata   = { name = "to-orders", namespace = var.namespace }
    spec = {
      podSelector = { matchLabels = { "app.kubernetes.io/name" = "shop" } }
      policyTypes = ["Egress"]
      egress      = [{ ports = [{ port = var.orders.port, protocol = "TCP" }] }]
    }
  })
}

# Machines are drained one after the other, and the shop stays open.
resource "kubectl_manifest" "disruptions" {
  yaml_body = yamlencode({
    apiVersion = "policy/v1"
    kind       = "PodDisruptionBudget"
    metadata   = { name = "shop", namespace = var.namespace }
    spec       = { maxUnavailable = 1, selector = { matchLabels = { "app.kubernetes.io/name" = "shop" } } }
  })
}
