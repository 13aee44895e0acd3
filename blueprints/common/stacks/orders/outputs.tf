output "url" {
  description = "Where the app is."
  value       = "https://${helm_release.orders.name}.${var.gateway.domain}"
}

output "service" {
  description = "The app's address inside of the cluster."
  value       = "${helm_release.orders.name}.${helm_release.orders.namespace}.svc"
}
