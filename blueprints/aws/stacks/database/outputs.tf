output "endpoint" {
  description = "Address of the instance that writes."
  value       = aws_rds_cluster.main.endpoint

  # An address without an instance behind it answers nobody.
  depends_on = [aws_rds_cluster_instance.main]
}

output "reader_endpoint" {
  description = "Address of those that read."
  value       = aws_rds_cluster.main.reader_endpoint
  depends_on  = [aws_rds_cluster_instance.main]
}

output "port" {
  description = "Port of the database."
  value       = aws_rds_cluster.main.port
}

output "database_name" {
  description = "Name of the database."
  value       = aws_rds_cluster.main.database_name
}

output "iam_users" {
  description = "Whom each app signs in as, by IAM."
  value       = { for app in var.apps : app => app }
}

output "secret_names" {
  description = "Names of the apps' secrets, never what they hold."
  value       = { for app, secret in aws_secretsmanager_secret.app : app => secret.name }
}
