output "endpoint" {
  description = "Where queries go: address and port."
  value       = { address = one(aws_redshiftserverless_workgroup.this.endpoint[*].address), port = one(aws_redshiftserverless_workgroup.this.endpoint[*].port) }
}

output "database_name" {
  description = "The database of events."
  value       = aws_redshiftserverless_namespace.this.db_name
}

output "catalogue" {
  description = "The catalogue's database that says what raw events are."
  value       = aws_glue_catalog_database.events.name
}
