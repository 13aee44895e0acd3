output "group_ids" {
  description = "The teams' groups in the directory."
  value       = { for team, group in aws_identitystore_group.team : team => group.group_id }
}
