output "endpoint" {
  description = "Address of the warehouse."
  value       = one(aws_redshiftserverless_workgroup.main.endpoint[*].address)
}

output "secret_arn" {
  description = "Where the administrator's password is, never the password."
  value       = aws_redshiftserverless_namespace.main.admin_password_secret_arn
}
