output "audit_bucket" {
  description = "The log bucket of the organisation's audit logs."
  value       = google_logging_project_bucket_config.audit.id
}

output "services" {
  description = "Services that are on, as ENV/SERVICE."
  value       = sort(keys(google_project_service.this))
}
