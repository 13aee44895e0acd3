# Roles that the cloud's own services take; the stacks that use them may pass them, not make them.

locals {
  services = {
    cluster = {
      service  = "eks.amazonaws.com"
      managed  = ["AmazonEKSClusterPolicy", "AmazonEKSComputePolicy", "AmazonEKSBlockStoragePolicy", "AmazonEKSLoadBalancingPolicy", "AmazonEKSNetworkingPolicy"] # the last four: Auto Mode
      in_place = []
    }
    nodes = {
      service  = "ec2.amazonaws.com"
      managed  = ["AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryPullOnly", "AmazonEKS_CNI_Policy"]
      in_place = []
    }
    machines = {
      service  = "ec2.amazonaws.com"
      managed  = ["AmazonSSMManagedInstanceCore", "CloudWatchAgentServerPolicy"]
      in_place = []
    }
    rds-monitoring = {
      service  = "monitoring.rds.amazonaws.com"
      managed  = ["service-role/AmazonRDSEnhancedMonitoringRole"]
      in_place = []
    }
    backup = {
      service  = "backup.amazonaws.com"
      managed  = ["service-role/AWSBackupServiceRolePolicyForBackup", "service-role/AWSBackupServiceRolePolicyForRestores"]
      in_place = []
    }
    flow-logs = {
      service = "vpc-flow-logs.amazonaws.com"
      managed = []
      in_place = [{
        Effect   = "Allow"
        Action   = ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"]
        Resource = "arn:aws:logs:${local.here}:log-group:/${var.org}/${var.env}/network/*"
      }]
    }
    firehose = {
      service = "firehose.amazonaws.com"
      managed = []
      in_place = [
        { Effect = "Allow", Action = ["s3:AbortMultipartUpload", "s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads", "s3:PutObject"], Resource = ["arn:aws:s3:::${local.name}-events-*", "arn:aws:s3:::${local.name}-events-*/*"] },
        { Effect = "Allow", Action = ["glue:GetTable", "glue:GetTableVersion", "glue:GetTableVersions"], Resource = "*" },
        { Effect = "Allow", Action = "logs:PutLogEvents", Resource = "arn:aws:logs:${local.here}:log-group:/${var.org}/${var.env}/pipeline:*" },
        { Effect = "Allow", Action = ["kms:GenerateDataKey", "kms:Decrypt"], Resource = "*", Condition = local.our_keys },
      ]
    }
    redshift = {
      service = "redshift-serverless.amazonaws.com"
      managed = []
      in_place = [
        { Effect = "Allow", Action = ["s3:GetObject", "s3:ListBucket", "s3:GetBucketLocation"], Resource = ["arn:aws:s3:::${local.name}-events-*", "arn:aws:s3:::${local.name}-events-*/*"] },
        { Effect = "Allow", Action = ["glue:GetDatabase*", "glue:GetTable*", "glue:GetPartition*"], Resource = "*" },
        { Effect = "Allow", Action = "kms:Decrypt", Resource = "*", Condition = local.our_keys },
      ]
    }
  }

  service_policies = merge([
    for role, service in local.services : { for policy in service.managed : "${role}/${policy}" => { role = role, policy = policy } }
  ]...)
}

resource "aws_iam_role" "service" {
  for_each = local.services

  name                 = "${local.name}-${each.key}"
  path                 = "${local.path}/service/"
  description          = "Taken by ${each.value.service}"
  permissions_boundary = var.boundary_arn

  # EC2 and EKS tag their sessions, and take no source account where they act for a machine.
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = ["sts:AssumeRole", "sts:TagSession"], Principal = { Service = each.value.service } }]
  })
}

resource "aws_iam_role_policy_attachment" "service" {
  for_each = local.service_policies

  role       = aws_iam_role.service[each.value.role].name
  policy_arn = "arn:aws:iam::aws:policy/${each.value.policy}"
}

resource "aws_iam_role_policy" "service" {
  for_each = { for name, service in local.services : name => service.in_place if length(service.in_place) > 0 }

  name   = "service"
  role   = aws_iam_role.service[each.key].name
  policy = jsonencode({ Version = "2012-10-17", Statement = each.value })
}

resource "aws_iam_instance_profile" "machines" {
  name = aws_iam_role.service["machines"].name
  path = "${local.path}/service/"
  role = aws_iam_role.service["machines"].name
}
