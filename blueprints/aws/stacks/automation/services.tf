# Roles that the cloud's own services take. The stacks that use them may pass them on, not make them.

locals {
  managed = "arn:aws:iam::aws:policy"

  services = { for name, service in local.all_services : name => service if var.stacks == null }

  all_services = {
    cluster    = { service = "eks.amazonaws.com", policies = ["AmazonEKSClusterPolicy", "AmazonEKSComputePolicy", "AmazonEKSBlockStoragePolicy", "AmazonEKSLoadBalancingPolicy", "AmazonEKSNetworkingPolicy"] }
    nodes      = { service = "ec2.amazonaws.com", policies = ["AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryPullOnly", "AmazonEKS_CNI_Policy", "AmazonSSMManagedInstanceCore"] }
    monitoring = { service = "monitoring.rds.amazonaws.com", policies = ["service-role/AmazonRDSEnhancedMonitoringRole"] }
    backup     = { service = "backup.amazonaws.com", policies = ["service-role/AWSBackupServiceRolePolicyForBackup", "service-role/AWSBackupServiceRolePolicyForRestores"] }
    flow-logs  = { service = "vpc-flow-logs.amazonaws.com", policies = [] }
  }

  attachments = merge([
    for role, service in local.services : { for policy in service.policies : "${role}/${policy}" => { role = role, policy = policy } }
  ]...)

  own = { for name, statements in local.all_own : name => jsonencode({ Version = "2012-10-17", Statement = statements }) if var.stacks == null }

  all_own = {
    flow-logs = [
      { Effect = "Allow", Action = ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"], Resource = "arn:aws:logs:*:${var.account_id}:log-group:/${var.org}/${var.env}/*" },
    ]
  }
}

resource "aws_iam_role" "service" {
  for_each = local.services

  name                 = "${local.name}-${each.key}"
  path                 = "/strata-service/"
  permissions_boundary = var.boundary_arn

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = each.key == "cluster" ? ["sts:AssumeRole", "sts:TagSession"] : ["sts:AssumeRole"]
      Principal = { Service = each.value.service }
    }]
  })
}

resource "aws_iam_role_policy_attachment" "service" {
  for_each = local.attachments

  role       = aws_iam_role.service[each.value.role].name
  policy_arn = "${local.managed}/${each.value.policy}"
}

resource "aws_iam_role_policy" "service" {
  for_each = local.own

  name   = "own"
  role   = aws_iam_role.service[each.key].name
  policy = each.value
}
