output "location" {
  description = "Where the backups are."
  value       = local.location
}
