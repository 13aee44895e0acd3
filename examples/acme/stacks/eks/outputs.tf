output "cluster" {
  description = "How the cluster is found and told from another."
  value = {
    name     = aws_eks_cluster.main.name
    endpoint = aws_eks_cluster.main.endpoint
    ca       = aws_eks_cluster.main.certificate_authority[0].data
  }

  # Found only when those who are to work in it get in.
  depends_on = [aws_eks_access_policy_association.stack, aws_eks_node_group.main]
}
