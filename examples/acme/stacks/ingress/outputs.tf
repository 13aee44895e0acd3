output "class" {
  description = "The ingress class that apps name."
  value       = kubectl_manifest.class.name
}

output "domain" {
  description = "The domain that apps have their names under."
  value       = var.domain
}
