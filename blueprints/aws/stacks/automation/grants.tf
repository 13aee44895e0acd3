# What each stack's roles may do: `read` for planning, `read` and `write` for applying.

locals {
  keys = {
    read  = ["kms:Describe*", "kms:Get*", "kms:List*"]
    write = ["kms:CreateKey", "kms:CreateAlias", "kms:DeleteAlias", "kms:UpdateAlias", "kms:Put*", "kms:EnableKeyRotation", "kms:Tag*", "kms:Untag*", "kms:ScheduleKeyDeletion", "kms:CreateGrant"]
  }

  # Some stacks make the one role that their own service takes: under the boundary, and by its name alone.
  own_role = {
    for stack in ["machines", "pipeline", "warehouse", "delivery"] : stack => {
      read = ["iam:GetRole", "iam:GetRolePolicy", "iam:ListRolePolicies", "iam:ListAttachedRolePolicies", "iam:ListInstanceProfilesForRole", "iam:GetInstanceProfile"]

      write = {
        Effect = "Allow"
        Action = [
          "iam:CreateRole", "iam:DeleteRole", "iam:UpdateRole", "iam:UpdateAssumeRolePolicy", "iam:PutRolePolicy", "iam:DeleteRolePolicy",
          "iam:AttachRolePolicy", "iam:DetachRolePolicy", "iam:TagRole", "iam:UntagRole", "iam:PassRole", "iam:CreateInstanceProfile",
          "iam:DeleteInstanceProfile", "iam:AddRoleToInstanceProfile", "iam:RemoveRoleFromInstanceProfile", "iam:TagInstanceProfile",
        ]
        Resource = [
          for kind in ["role", "instance-profile"] :
          "${local.iam}:${kind}/${var.org}/${var.env}/${stack == "delivery" ? "ci/${local.name}-push" : "workload/${local.name}-${stack}"}*"
        ]
      }
    }
  }

  # A cluster is found by all who must; what they do inside is the cluster's own to say.
  in_cluster = ["eks:DescribeCluster"]

  # EC2 gives ids, not names, so grants are by kind of thing and by region; no other stack has a write on these kinds.
  grants = {
    network = {
      read = concat(["ec2:Describe*", "ec2:Get*", "logs:Describe*", "logs:List*"], local.keys.read)
      write = [
        { Effect = "Allow", Condition = local.here, Resource = "*", Action = concat(local.keys.write, ["ec2:*Vpc*", "ec2:*Subnet*", "ec2:*Route*", "ec2:*InternetGateway*", "ec2:*NatGateway*", "ec2:*Address*", "ec2:*SecurityGroup*", "ec2:*NetworkAcl*", "ec2:*FlowLogs", "ec2:CreateTags", "ec2:DeleteTags"]) },
        { Effect = "Allow", Action = ["logs:CreateLogGroup", "logs:DeleteLogGroup", "logs:PutRetentionPolicy", "logs:TagResource", "logs:AssociateKmsKey"], Resource = "arn:aws:logs:*:${var.account_id}:log-group:/${var.org}/${var.env}/*" },
        { Effect = "Allow", Action = "iam:PassRole", Resource = "${local.iam}:role/strata-service/${local.name}-flow-logs" },
      ]
    }

    dns-parent = {
      read = concat(["route53:Get*", "route53:List*", "iam:GetRole", "iam:GetRolePolicy", "iam:ListRolePolicies", "iam:ListAttachedRolePolicies", "iam:ListInstanceProfilesForRole"], local.keys.read)
      write = [
        { Effect = "Allow", Resource = "*", Action = concat(local.keys.write, ["route53:CreateHostedZone", "route53:UpdateHostedZoneComment", "route53:ChangeResourceRecordSets", "route53:ChangeTagsForResource", "route53:*KeySigningKey", "route53:*HostedZoneDNSSEC"]) },
        { Effect = "Allow", Resource = "${local.iam}:role/strata-delegation/*", Action = ["iam:CreateRole", "iam:DeleteRole", "iam:UpdateRole", "iam:UpdateAssumeRolePolicy", "iam:PutRolePolicy", "iam:DeleteRolePolicy", "iam:TagRole", "iam:UntagRole"] },
      ]
    }

    dns = {
      read = concat(["route53:Get*", "route53:List*", "ec2:DescribeVpcs"], local.keys.read)
      write = [
        { Effect = "Allow", Resource = "*", Action = concat(local.keys.write, ["route53:CreateHostedZone", "route53:DeleteHostedZone", "route53:UpdateHostedZoneComment", "route53:ChangeResourceRecordSets", "route53:ChangeTagsForResource", "route53:AssociateVPCWithHostedZone"]) },
        # The record that delegates stands in the parent's account; its role lets this stack in and nothing else.
        { Effect = "Allow", Resource = "arn:aws:iam::*:role/strata-delegation/*", Action = "sts:AssumeRole" },
      ]
    }

    database = {
      read = concat(["rds:Describe*", "rds:List*", "backup:Describe*", "backup:Get*", "backup:List*", "ec2:Describe*", "secretsmanager:DescribeSecret", "secretsmanager:GetResourcePolicy"], local.keys.read)
      write = [
        { Effect = "Allow", Condition = local.here, Resource = [for thing in ["cluster:${local.name}*", "db:${local.name}*", "subgrp:${local.name}*", "cluster-pg:${local.name}*", "pg:${local.name}*", "cluster-snapshot:${local.name}*"] : "arn:aws:rds:*:${var.account_id}:${thing}"], Action = ["rds:Create*", "rds:Delete*", "rds:Modify*", "rds:AddTagsToResource", "rds:RemoveTagsFromResource", "rds:RebootDBInstance"] },
        { Effect = "Allow", Condition = local.here, Resource = "*", Action = concat(local.keys.write, ["backup:CreateBackup*", "backup:DeleteBackup*", "backup:UpdateBackupPlan", "backup:PutBackupVault*", "backup:TagResource", "backup:UntagResource", "backup-storage:MountCapsule", "ec2:*SecurityGroup*", "ec2:CreateTags", "ec2:DeleteTags"]) },
        { Effect = "Allow", Resource = "arn:aws:secretsmanager:*:${var.account_id}:secret:*", Action = ["secretsmanager:CreateSecret", "secretsmanager:DeleteSecret", "secretsmanager:TagResource", "secretsmanager:RotateSecret", "secretsmanager:UpdateSecret"] },
        { Effect = "Allow", Action = "iam:PassRole", Resource = [for role in ["backup", "monitoring"] : "${local.iam}:role/strata-service/${local.name}-${role}"] },
      ]
    }

    machines = {
      read = concat(local.own_role["machines"].read, ["ec2:Describe*", "autoscaling:Describe*", "ssm:GetParameter", "ssm:GetParameters", "ssm:Describe*", "ssm:GetDocument", "logs:Describe*", "logs:List*"], local.keys.read)
      write = [
        { Effect = "Allow", Condition = local.here, Resource = "*", Action = concat(local.keys.write, ["ec2:*LaunchTemplate*", "ec2:RunInstances", "ec2:*SecurityGroup*", "ec2:CreateTags", "ec2:DeleteTags", "autoscaling:*", "ssm:*Document", "logs:CreateLogGroup", "logs:DeleteLogGroup", "logs:PutRetentionPolicy", "logs:TagResource"]) },
        local.own_role["machines"].write,
      ]
    }

    registry = {
      read = concat(["ecr:Describe*", "ecr:Get*", "ecr:List*"], local.keys.read)
      write = [
        { Effect = "Allow", Resource = "arn:aws:ecr:*:${var.account_id}:repository/${local.name}/*", Action = ["ecr:CreateRepository", "ecr:DeleteRepository", "ecr:Put*", "ecr:SetRepositoryPolicy", "ecr:DeleteRepositoryPolicy", "ecr:DeleteLifecyclePolicy", "ecr:TagResource", "ecr:UntagResource"] },
        { Effect = "Allow", Condition = local.here, Resource = "*", Action = concat(local.keys.write, ["ecr:PutRegistryScanningConfiguration"]) },
      ]
    }

    pipeline = {
      read = concat(local.own_role["pipeline"].read, ["firehose:Describe*", "firehose:List*", "s3:Get*", "s3:List*", "glue:Get*", "logs:Describe*", "logs:List*"], local.keys.read)
      write = [
        { Effect = "Allow", Resource = "arn:aws:s3:::${local.name}-*", Action = ["s3:CreateBucket", "s3:DeleteBucket", "s3:Put*"] },
        { Effect = "Allow", Resource = "arn:aws:firehose:*:${var.account_id}:deliverystream/${local.name}-*", Action = ["firehose:CreateDeliveryStream", "firehose:DeleteDeliveryStream", "firehose:UpdateDestination", "firehose:*Encryption", "firehose:TagDeliveryStream", "firehose:UntagDeliveryStream"] },
        { Effect = "Allow", Condition = local.here, Resource = "*", Action = concat(local.keys.write, ["glue:*Database", "glue:*Table", "glue:TagResource", "logs:CreateLogGroup", "logs:CreateLogStream", "logs:DeleteLogGroup", "logs:DeleteLogStream", "logs:PutRetentionPolicy", "logs:TagResource"]) },
        local.own_role["pipeline"].write,
      ]
    }

    warehouse = {
      read = concat(local.own_role["warehouse"].read, ["redshift-serverless:Get*", "redshift-serverless:List*", "ec2:Describe*", "secretsmanager:DescribeSecret"], local.keys.read)
      write = [
        { Effect = "Allow", Condition = local.here, Resource = "*", Action = concat(local.keys.write, ["redshift-serverless:Create*", "redshift-serverless:Delete*", "redshift-serverless:Update*", "redshift-serverless:TagResource", "redshift-serverless:UntagResource", "ec2:*SecurityGroup*", "ec2:CreateTags", "ec2:DeleteTags"]) },
        local.own_role["warehouse"].write,
      ]
    }

    cluster = {
      read = concat(["eks:Describe*", "eks:List*", "ec2:Describe*", "logs:Describe*", "logs:List*", "ssm:GetParameter", "iam:GetRole"], local.keys.read)
      write = [
        { Effect = "Allow", Condition = local.here, Resource = "*", Action = concat(local.keys.write, ["eks:*", "ec2:*SecurityGroup*", "ec2:*LaunchTemplate*", "ec2:RunInstances", "ec2:CreateTags", "ec2:DeleteTags", "logs:CreateLogGroup", "logs:DeleteLogGroup", "logs:PutRetentionPolicy", "logs:TagResource", "logs:AssociateKmsKey"]) },
        { Effect = "Allow", Action = ["iam:PassRole", "iam:GetRole"], Resource = [for role in ["strata-service/${local.name}-cluster", "strata-service/${local.name}-nodes", "strata-workload/${local.name}-*"] : "${local.iam}:role/${role}"] },
      ]
    }

    cluster-base  = { read = local.in_cluster, write = [] }
    observability = { read = concat(local.in_cluster, ["logs:Describe*", "logs:List*", "aps:Describe*", "aps:List*"], local.keys.read), write = [{ Effect = "Allow", Resource = "*", Action = concat(local.keys.write, ["aps:*Workspace*", "aps:TagResource", "logs:CreateLogGroup", "logs:DeleteLogGroup", "logs:PutRetentionPolicy", "logs:TagResource", "logs:AssociateKmsKey"]) }] }
    admission     = { read = local.in_cluster, write = [] }
    secrets       = { read = local.in_cluster, write = [] }
    backup        = { read = concat(local.in_cluster, ["s3:Get*", "s3:List*"], local.keys.read), write = [{ Effect = "Allow", Resource = ["arn:aws:s3:::${local.name}-*-backups"], Action = ["s3:CreateBucket", "s3:DeleteBucket", "s3:Put*"] }, { Effect = "Allow", Resource = "*", Action = local.keys.write }] }
    mesh          = { read = local.in_cluster, write = [] }
    ingress       = { read = concat(local.in_cluster, ["ec2:Describe*", "elasticloadbalancing:Describe*"]), write = [{ Effect = "Allow", Condition = local.here, Resource = "*", Action = ["ec2:*SecurityGroup*", "ec2:CreateTags", "ec2:DeleteTags"] }] }
    edge          = { read = concat(local.in_cluster, ["acm:Describe*", "acm:List*", "route53:Get*", "route53:List*"]), write = [{ Effect = "Allow", Resource = "*", Action = ["acm:RequestCertificate", "acm:DeleteCertificate", "acm:AddTagsToCertificate", "acm:RemoveTagsFromCertificate", "route53:ChangeResourceRecordSets"] }] }
    orders        = { read = local.in_cluster, write = [] }
    search        = { read = local.in_cluster, write = [] }

    delivery = {
      read  = concat(local.in_cluster, local.own_role["delivery"].read)
      write = [local.own_role["delivery"].write]
    }
  }
}
