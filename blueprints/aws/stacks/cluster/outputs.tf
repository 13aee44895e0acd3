output "cluster_name" {
  description = "Name of the cluster."
  value       = aws_eks_cluster.main.name

  # Found only when those who are to work in it get in, and pods find machines.
  depends_on = [aws_eks_access_policy_association.stack, aws_eks_node_group.main, aws_eks_addon.after, aws_vpc_security_group_ingress_rule.api]
}

output "endpoint" {
  description = "Address of the API server, inside of the network."
  value       = aws_eks_cluster.main.endpoint
}

output "ca_certificate" {
  description = "The cluster's certificate authority: PEM, as base64."
  value       = aws_eks_cluster.main.certificate_authority[0].data
}

output "auth" {
  description = "The program that gets a token for the cluster, as whoever runs it."
  value = {
    exec_command = "aws"
    exec_args    = ["eks", "get-token", "--output", "json", "--region", var.region, "--cluster-name", local.name]
  }
}

output "workload_identities" {
  description = "The roles of what runs in the cluster, by name; each is bound to its service account already."
  value       = { for name, association in aws_eks_pod_identity_association.workload : name => association.role_arn }
}

output "kubernetes_groups" {
  description = "What the cluster calls each team."
  value       = { for team, entry in aws_eks_access_entry.team : team => one(entry.kubernetes_groups) }
}

output "oidc_issuer_url" {
  description = "The cluster's own issuer of tokens."
  value       = aws_eks_cluster.main.identity[0].oidc[0].issuer
}
