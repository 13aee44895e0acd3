output "permission_sets" {
  description = "The permission set of each team: Identity Center makes a role `AWSReservedSSO_TEAM_...` of it in each account."
  value       = { for team, set in aws_ssoadmin_permission_set.team : team => set.arn }
}
