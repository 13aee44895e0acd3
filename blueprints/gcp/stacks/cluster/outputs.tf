output "cluster_name" {
  description = "Name of the cluster."
  value       = google_container_cluster.this.name
  depends_on  = [google_container_node_pool.general]
}

output "cluster_id" {
  description = "The cluster, as the cloud addresses it."
  value       = google_container_cluster.this.id
  depends_on  = [google_container_node_pool.general]
}

output "endpoint" {
  description = "Address of the control plane, in the network."
  value       = "https://${google_container_cluster.this.endpoint}"
  depends_on  = [google_container_node_pool.general]
}

output "ca_certificate" {
  description = "Its authority: PEM in base64."
  value       = google_container_cluster.this.master_auth[0].cluster_ca_certificate
}

output "auth" {
  description = "The program that says who we are."
  value       = { exec_command = "gke-gcloud-auth-plugin", exec_args = [] }
}

output "workload_identities" {
  description = "Who workloads are: an account where they have one, else a principal."
  value       = { for name, one in var.workload_roles : name => lookup(var.workload_accounts, name, one.principal) }

  # Who reads who they are, finds that they may.
  depends_on = [
    google_project_iam_member.workload,
    google_dns_managed_zone_iam_member.workload,
    google_service_account_iam_member.workload,
  ]
}

output "kubernetes_groups" {
  description = "Names of the teams as subjects in the cluster."
  value       = var.team_groups
}
