# Layer 3: the managed cluster. Who gets in stands here, as access entries; what they may do inside stands in `cluster-base`.

locals {
  name = "${var.org}-${var.env}"
}

resource "aws_eks_cluster" "main" {
  name     = local.name
  version  = var.kubernetes_version
  role_arn = var.workload_role_arns.workload-cluster

  access_config {
    authentication_mode                         = "API"
    bootstrap_cluster_creator_admin_permissions = false
  }

  vpc_config {
    subnet_ids              = var.control_plane_subnet_ids
    security_group_ids      = [var.nodes_security_group_id]
    endpoint_private_access = true
    endpoint_public_access  = length(var.admin_cidrs) > 0
    public_access_cidrs     = length(var.admin_cidrs) > 0 ? var.admin_cidrs : null
  }
}

resource "aws_eks_node_group" "main" {
  cluster_name           = aws_eks_cluster.main.name
  node_group_name_prefix = "${local.name}-"
  node_role_arn          = var.workload_role_arns.workload-nodes
  subnet_ids             = var.subnet_ids
  ami_type               = "AL2023_ARM_64_STANDARD"
  instance_types         = [var.nodes.type]

  scaling_config {
    min_size     = var.nodes.min
    max_size     = var.nodes.max
    desired_size = var.nodes.desired
  }

  # Machines cannot move to other subnets: new ones come first, then the old ones are drained. How many there are just now is
  # the autoscaler's to say.
  lifecycle {
    create_before_destroy = true
    ignore_changes        = [scaling_config[0].desired_size]
  }
}

resource "aws_eks_access_entry" "stack" {
  for_each = var.access

  cluster_name      = aws_eks_cluster.main.name
  principal_arn     = var.stack_role_arns[each.key]
  kubernetes_groups = ["strata:${replace(each.key, "/-(plan|apply)$/", ":$1")}"]
}

resource "aws_eks_access_policy_association" "stack" {
  for_each = { for key, access in var.access : key => access.policy if access.policy != null }

  cluster_name  = aws_eks_cluster.main.name
  principal_arn = aws_eks_access_entry.stack[each.key].principal_arn
  policy_arn    = "arn:aws:eks::aws:cluster-access-policy/${each.value}"

  access_scope {
    type = "cluster"
  }
}
