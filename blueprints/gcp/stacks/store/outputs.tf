output "instance" {
  description = "The store's instance: PROJECT:REGION:NAME."
  value       = google_sql_database_instance.store.connection_name
}

output "service_attachment" {
  description = "What an endpoint of Private Service Connect is made for."
  value       = google_sql_database_instance.store.psc_service_attachment_link
}

output "database_name" {
  description = "The database for `strata store copy`."
  value       = google_sql_database.strata.name
}

output "audit_bucket" {
  description = "The bucket of the seals."
  value       = google_storage_bucket.audit.name
}
