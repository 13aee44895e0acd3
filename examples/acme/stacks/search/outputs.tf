output "service" {
  description = "Where other apps ask, inside the cluster."
  value       = module.web.service
}
