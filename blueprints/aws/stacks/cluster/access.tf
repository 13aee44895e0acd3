# Who gets in: people as their team, stacks as themselves. Nobody else: the cluster's maker has no rights of its own.

resource "aws_eks_access_entry" "stack" {
  for_each = var.access

  cluster_name      = aws_eks_cluster.main.name
  principal_arn     = var.stack_role_arns[each.key]
  kubernetes_groups = concat(["strata:${replace(each.key, "/-(plan|apply)$/", ":$1")}"], each.value.groups)
}

resource "aws_eks_access_policy_association" "stack" {
  for_each = var.access

  cluster_name  = aws_eks_cluster.main.name
  principal_arn = aws_eks_access_entry.stack[each.key].principal_arn
  policy_arn    = "arn:aws:eks::aws:cluster-access-policy/${each.value.policy}"

  access_scope {
    type       = length(each.value.namespaces) > 0 ? "namespace" : "cluster"
    namespaces = length(each.value.namespaces) > 0 ? each.value.namespaces : null
  }
}

resource "aws_eks_access_entry" "team" {
  for_each = var.team_role_arns

  cluster_name      = aws_eks_cluster.main.name
  principal_arn     = each.value
  kubernetes_groups = [each.key]
}

# The API server answers inside of the network alone: machines, and runners that apply the stacks above.
resource "aws_vpc_security_group_ingress_rule" "api" {
  security_group_id = aws_eks_cluster.main.vpc_config[0].cluster_security_group_id
  description       = "The API server, from inside of the network"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
  cidr_ipv4         = var.network_cidr
}
