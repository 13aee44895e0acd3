output "group_emails" {
  description = "Addresses of the teams' groups."
  value       = { for team, group in google_cloud_identity_group.team : team => one(group.group_key).id }
}

output "cluster_security_group" {
  description = "The group that holds all groups which clusters know."
  value       = one(google_cloud_identity_group.clusters.group_key).id
  depends_on  = [google_cloud_identity_group_membership.clusters]
}
