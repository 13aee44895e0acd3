output "endpoint" {
  description = "The address in the network."
  value       = google_sql_database_instance.orders.private_ip_address
}

output "port" {
  description = "The port that connectors speak to."
  value       = 3307
}

output "connection_name" {
  description = "What a connector is told: PROJECT:REGION:NAME."
  value       = google_sql_database_instance.orders.connection_name
}

output "database_name" {
  description = "The database of the orders."
  value       = google_sql_database.orders.name
}

output "iam_users" {
  description = "Names under which workloads log in, by workload."
  value       = { for name, user in google_sql_user.workload : name => user.name }
}

output "secret_names" {
  description = "Names of the apps' secrets: where they are, never what they are."
  value       = { for name, secret in google_secret_manager_secret.app : name => secret.secret_id }
}

output "secret_ids" {
  description = "The same, as the cloud addresses them."
  value       = { for name, secret in google_secret_manager_secret.app : name => secret.id }
}
