# What each stack's roles may do: `read` for planning, `read` and `write` for applying.

locals {
  grants = {
    network   = local.network
    dns       = local.dns
    database  = local.database
    machines  = local.machines
    registry  = local.registry
    pipeline  = local.pipeline
    warehouse = local.warehouse
    cluster   = local.cluster

    # Inside of the cluster access entries say what they may do; outside they find it, and hold a few things of their own.
    cluster-base  = local.in_cluster
    admission     = local.in_cluster
    secrets       = local.in_cluster
    mesh          = local.in_cluster
    ingress       = local.in_cluster
    orders        = local.in_cluster
    search        = local.in_cluster
    observability = local.observability
    backup        = local.backup
    edge          = local.edge
    delivery      = local.delivery
  }

  in_cluster = { read = [{ Effect = "Allow", Action = "eks:DescribeCluster", Resource = "arn:aws:eks:${local.here}:cluster/${local.name}" }], write = [] }

  # A stack makes keys, and from then on has only those that carry one of the estate's aliases.
  keys = {
    read = [{ Effect = "Allow", Action = ["kms:DescribeKey", "kms:Get*", "kms:List*"], Resource = "*" }]
    write = [
      { Effect = "Allow", Action = ["kms:CreateKey", "kms:TagResource", "kms:CreateAlias", "kms:DeleteAlias", "kms:UpdateAlias"], Resource = "*", Condition = local.in_region },
      {
        Effect = "Allow"
        Action = [
          "kms:EnableKeyRotation", "kms:PutKeyPolicy", "kms:UpdateKeyDescription", "kms:UntagResource", "kms:ScheduleKeyDeletion",
          "kms:CreateGrant", "kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey*",
        ]
        Resource  = "arn:aws:kms:${local.here}:key/*"
        Condition = { StringEquals = { "aws:ResourceTag/strata:estate" = var.org, "aws:ResourceTag/strata:environment" = var.env } }
      },
    ]
  }

  log_groups = {
    read = [{ Effect = "Allow", Action = ["logs:Describe*", "logs:ListTagsForResource"], Resource = "*" }]
    write = [{
      Effect   = "Allow"
      Action   = ["logs:CreateLogGroup", "logs:DeleteLogGroup", "logs:PutRetentionPolicy", "logs:AssociateKmsKey", "logs:TagResource", "logs:UntagResource", "logs:CreateLogStream", "logs:DeleteLogStream"]
      Resource = ["arn:aws:logs:${local.here}:log-group:/${var.org}/${var.env}/*", "arn:aws:logs:${local.here}:log-group:/aws/eks/${local.name}/*"]
    }]
  }

  bucket_write = ["s3:CreateBucket", "s3:DeleteBucket", "s3:PutBucket*", "s3:DeleteBucketPolicy", "s3:PutEncryptionConfiguration", "s3:PutLifecycleConfiguration"]

  # What a service gets handed by a stack, and to which service.
  pass = {
    for stack, roles in {
      network  = { flow-logs = "vpc-flow-logs.amazonaws.com" }
      database = { rds-monitoring = "monitoring.rds.amazonaws.com", backup = "backup.amazonaws.com" }
      machines = { machines = "ec2.amazonaws.com" }
      pipeline = { firehose = "firehose.amazonaws.com" }
      cluster  = { cluster = "eks.amazonaws.com", nodes = "eks.amazonaws.com" }
      } : stack => [for role, service in roles : {
        Effect    = "Allow"
        Action    = "iam:PassRole"
        Resource  = "${local.iam}:role${local.path}/service/${local.name}-${role}"
        Condition = { StringEquals = { "iam:PassedToService" = service } }
    }]
  }
}
