# A web app as the platform team offers it: deployment, service, ingress, and the one way in through the default deny.

resource "helm_release" "app" {
  name      = var.name
  namespace = var.namespace
  chart     = "${path.module}/chart"
  wait      = false

  values = [yamlencode({
    image    = var.image
    replicas = var.replicas
    settings = var.settings
    ingress  = var.ingress
  })]
}

output "service" {
  description = "The address of the app inside the cluster."
  value       = "${helm_release.app.name}.${helm_release.app.namespace}.svc"
}
