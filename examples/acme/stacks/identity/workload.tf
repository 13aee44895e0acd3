# Roles that the cloud's own services take; the stacks that use them may pass them, not make them.

locals {
  workloads = {
    workload-cluster = { service = "eks.amazonaws.com", policies = ["AmazonEKSClusterPolicy"] }
    workload-nodes = {
      service  = "ec2.amazonaws.com"
      policies = ["AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryReadOnly", "AmazonEKS_CNI_Policy"]
    }
  }

  attachments = merge([
    for role, workload in local.workloads : { for policy in workload.policies : "${role}/${policy}" => { role = role, policy = policy } }
  ]...)
}

resource "aws_iam_role" "workload" {
  for_each = local.workloads

  name                 = "${local.name}-${each.key}"
  path                 = "${local.path}/workload/"
  permissions_boundary = var.boundary_arn

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = each.value.service }
    }]
  })
}

resource "aws_iam_role_policy_attachment" "workload" {
  for_each = local.attachments

  role       = aws_iam_role.workload[each.value.role].name
  policy_arn = "arn:aws:iam::aws:policy/${each.value.policy}"
}
