locals {
  # EC2 gives ids, not names, so the grant is by kind of thing and by region; no other stack has a write on these kinds.
  network = {
    read = concat([{ Effect = "Allow", Action = ["ec2:Describe*", "ec2:GetManagedPrefixListEntries"], Resource = "*" }], local.keys.read, local.log_groups.read)
    write = concat([{
      Effect = "Allow"
      Action = [
        "ec2:*Vpc*", "ec2:*Subnet*", "ec2:*Route*", "ec2:*InternetGateway*", "ec2:*NatGateway*", "ec2:*Address*", "ec2:*SecurityGroup*",
        "ec2:*NetworkInterface*", "ec2:*FlowLogs", "ec2:CreateTags", "ec2:DeleteTags",
      ]
      Resource  = "*"
      Condition = local.in_region
    }], local.keys.write, local.log_groups.write, local.pass.network)
  }

  dns = {
    read = [
      { Effect = "Allow", Action = ["route53:Get*", "route53:List*", "ec2:DescribeVpcs"], Resource = "*" },
      { Effect = "Allow", Action = ["sts:AssumeRole", "sts:TagSession"], Resource = "arn:aws:iam::${var.parent_account}:role/${var.org}/shared/dns/*-dns-${var.env}" },
    ]
    write = [{
      Effect   = "Allow"
      Action   = ["route53:CreateHostedZone", "route53:DeleteHostedZone", "route53:ChangeResourceRecordSets", "route53:ChangeTagsForResource", "route53:UpdateHostedZoneComment", "route53:AssociateVPCWithHostedZone", "route53:DisassociateVPCFromHostedZone"]
      Resource = "*"
    }]
  }

  databases = ["cluster:${local.name}-*", "db:${local.name}-*", "cluster-snapshot:${local.name}-*", "subgrp:${local.name}-*", "cluster-pg:${local.name}-*"]

  database = {
    read = concat([
      { Effect = "Allow", Action = ["rds:Describe*", "rds:List*", "backup:Describe*", "backup:Get*", "backup:List*"], Resource = "*" },
      { Effect = "Allow", Action = ["secretsmanager:DescribeSecret", "secretsmanager:GetResourcePolicy"], Resource = "arn:aws:secretsmanager:${local.here}:secret:${var.org}/${var.env}/*" },
    ], local.keys.read)

    write = concat([
      {
        Effect = "Allow"
        Action = [
          "rds:Create*", "rds:Modify*", "rds:DeleteDBCluster", "rds:DeleteDBInstance", "rds:DeleteDBSubnetGroup", "rds:DeleteDBClusterParameterGroup",
          "rds:RebootDBInstance", "rds:AddTagsToResource", "rds:RemoveTagsFromResource",
        ]
        Resource = [for thing in local.databases : "arn:aws:rds:${local.here}:${thing}"]
      },
      {
        Effect   = "Allow"
        Action   = ["backup:CreateBackup*", "backup:UpdateBackupPlan", "backup:DeleteBackup*", "backup:TagResource", "backup:UntagResource", "backup:PutBackupVaultLockConfiguration", "backup-storage:MountCapsule"]
        Resource = "*"
      },
      # The master password, which the cloud itself makes and turns over, and empty secrets, whose values the teams put in.
      { Effect = "Allow", Action = ["secretsmanager:CreateSecret", "secretsmanager:TagResource"], Resource = "arn:aws:secretsmanager:${local.here}:secret:rds!cluster-*" },
      {
        Effect   = "Allow"
        Action   = ["secretsmanager:CreateSecret", "secretsmanager:UpdateSecret", "secretsmanager:DeleteSecret", "secretsmanager:TagResource", "secretsmanager:UntagResource"]
        Resource = "arn:aws:secretsmanager:${local.here}:secret:${var.org}/${var.env}/*"
      },
    ], local.keys.write, local.pass.database)
  }

  machines = {
    read = concat([
      { Effect = "Allow", Action = ["ec2:Describe*", "autoscaling:Describe*", "ssm:GetParameters"], Resource = "*" },
      { Effect = "Allow", Action = "iam:GetInstanceProfile", Resource = "${local.iam}:instance-profile${local.path}/*" },
    ], local.keys.read)
    write = concat([
      {
        Effect    = "Allow"
        Action    = ["ec2:CreateLaunchTemplate*", "ec2:ModifyLaunchTemplate", "ec2:DeleteLaunchTemplate*", "ec2:RunInstances", "ec2:CreateTags", "ec2:DeleteTags"]
        Resource  = "*"
        Condition = local.in_region
      },
      {
        Effect   = "Allow"
        Action   = ["autoscaling:CreateAutoScalingGroup", "autoscaling:UpdateAutoScalingGroup", "autoscaling:DeleteAutoScalingGroup", "autoscaling:StartInstanceRefresh", "autoscaling:CancelInstanceRefresh", "autoscaling:CreateOrUpdateTags", "autoscaling:DeleteTags", "autoscaling:EnableMetricsCollection", "autoscaling:SetInstanceProtection"]
        Resource = "arn:aws:autoscaling:${local.here}:autoScalingGroup:*:autoScalingGroupName/${local.name}-*"
      },
    ], local.keys.write, local.pass.machines)
  }

  registry = {
    read = concat([{ Effect = "Allow", Action = ["ecr:Describe*", "ecr:Get*", "ecr:List*"], Resource = "*" }], local.keys.read)
    write = concat([
      {
        Effect   = "Allow"
        Action   = ["ecr:CreateRepository", "ecr:DeleteRepository", "ecr:PutImage*", "ecr:PutLifecyclePolicy", "ecr:DeleteLifecyclePolicy", "ecr:SetRepositoryPolicy", "ecr:DeleteRepositoryPolicy", "ecr:TagResource", "ecr:UntagResource"]
        Resource = "arn:aws:ecr:${local.here}:repository/${local.name}/*"
      },
      { Effect = "Allow", Action = "ecr:PutRegistryScanningConfiguration", Resource = "*", Condition = local.in_region },
    ], local.keys.write)
  }

  pipeline = {
    read = concat([
      { Effect = "Allow", Action = ["firehose:Describe*", "firehose:List*", "glue:Get*"], Resource = "*" },
      { Effect = "Allow", Action = ["s3:Get*", "s3:ListBucket"], Resource = "arn:aws:s3:::${local.name}-events-*" },
    ], local.keys.read, local.log_groups.read)
    write = concat([
      { Effect = "Allow", Action = ["firehose:*DeliveryStream*", "firehose:UpdateDestination"], Resource = "arn:aws:firehose:${local.here}:deliverystream/${local.name}-*" },
      {
        Effect   = "Allow"
        Action   = ["glue:CreateDatabase", "glue:UpdateDatabase", "glue:DeleteDatabase", "glue:CreateTable", "glue:UpdateTable", "glue:DeleteTable", "glue:TagResource", "glue:UntagResource"]
        Resource = ["arn:aws:glue:${local.here}:catalog", "arn:aws:glue:${local.here}:database/${replace(local.name, "-", "_")}*", "arn:aws:glue:${local.here}:table/${replace(local.name, "-", "_")}*"]
      },
      { Effect = "Allow", Action = local.bucket_write, Resource = "arn:aws:s3:::${local.name}-events-*" },
    ], local.keys.write, local.log_groups.write, local.pass.pipeline)
  }

  warehouse = {
    read = concat([{ Effect = "Allow", Action = ["redshift-serverless:Get*", "redshift-serverless:List*", "ec2:Describe*"], Resource = "*" }], local.keys.read)
    write = concat([
      { Effect = "Allow", Action = ["redshift-serverless:*Namespace", "redshift-serverless:*Workgroup", "redshift-serverless:*UsageLimit", "redshift-serverless:TagResource", "redshift-serverless:UntagResource"], Resource = "*", Condition = local.in_region },
      { Effect = "Allow", Action = ["secretsmanager:CreateSecret", "secretsmanager:TagResource", "secretsmanager:RotateSecret", "secretsmanager:DescribeSecret"], Resource = "arn:aws:secretsmanager:${local.here}:secret:redshift!*" },
      # It is handed over for good, as the namespace's own role.
      { Effect = "Allow", Action = "iam:PassRole", Resource = "${local.iam}:role${local.path}/service/${local.name}-redshift" },
    ], local.keys.write)
  }
}
