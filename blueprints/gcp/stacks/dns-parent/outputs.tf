output "zone" {
  description = "The parent zone."
  value       = { project = var.project, name = google_dns_managed_zone.parent.name, dns_name = google_dns_managed_zone.parent.dns_name }
}

output "name_servers" {
  description = "What the registrar is told."
  value       = google_dns_managed_zone.parent.name_servers
}
