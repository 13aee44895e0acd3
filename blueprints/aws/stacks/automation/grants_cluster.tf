locals {
  clusters = [for kind in ["cluster", "nodegroup", "access-entry", "addon", "podidentityassociation"] : "arn:aws:eks:${local.here}:${kind}/${local.name}*"]

  cluster = {
    read = concat([
      { Effect = "Allow", Action = ["eks:Describe*", "eks:List*"], Resource = local.clusters },
      { Effect = "Allow", Action = ["eks:DescribeAddonVersions", "ec2:Describe*"], Resource = "*" },
      { Effect = "Allow", Action = "iam:GetRole", Resource = "${local.iam}:role${local.path}/*" },
    ], local.keys.read, local.log_groups.read)

    write = concat([
      {
        Effect = "Allow"
        Action = [
          "eks:CreateCluster", "eks:UpdateCluster*", "eks:DeleteCluster", "eks:TagResource", "eks:UntagResource", "eks:AssociateEncryptionConfig",
          "eks:*Nodegroup*", "eks:*AccessEntry", "eks:AssociateAccessPolicy", "eks:DisassociateAccessPolicy", "eks:*Addon", "eks:*PodIdentityAssociation",
        ]
        Resource = local.clusters
      },
      { Effect = "Allow", Action = ["ec2:CreateLaunchTemplate*", "ec2:ModifyLaunchTemplate", "ec2:DeleteLaunchTemplate*", "ec2:RunInstances", "ec2:CreateTags"], Resource = "*", Condition = local.in_region },
      {
        Effect    = "Allow"
        Action    = "iam:PassRole"
        Resource  = ["${local.iam}:role${local.path}/workload/*"]
        Condition = { StringEquals = { "iam:PassedToService" = "pods.eks.amazonaws.com" } }
      },
    ], local.keys.write, local.log_groups.write, local.pass.cluster)
  }

  observability = {
    read  = concat(local.in_cluster.read, [{ Effect = "Allow", Action = ["aps:Describe*", "aps:List*"], Resource = "*" }], local.keys.read, local.log_groups.read)
    write = concat([{ Effect = "Allow", Action = ["aps:CreateWorkspace", "aps:UpdateWorkspaceAlias", "aps:DeleteWorkspace", "aps:TagResource", "aps:UntagResource"], Resource = "*", Condition = local.in_region }], local.keys.write, local.log_groups.write)
  }

  backup = {
    read  = concat(local.in_cluster.read, [{ Effect = "Allow", Action = ["s3:Get*", "s3:ListBucket"], Resource = "arn:aws:s3:::${local.name}-${var.account_id}-backups" }], local.keys.read)
    write = concat([{ Effect = "Allow", Action = local.bucket_write, Resource = "arn:aws:s3:::${local.name}-${var.account_id}-backups" }], local.keys.write)
  }

  edge = {
    read = concat(local.in_cluster.read, [{ Effect = "Allow", Action = ["acm:Describe*", "acm:List*", "route53:Get*", "route53:List*"], Resource = "*" }])
    write = [
      { Effect = "Allow", Action = ["acm:RequestCertificate", "acm:DeleteCertificate", "acm:AddTagsToCertificate", "acm:RemoveTagsFromCertificate"], Resource = "*", Condition = local.in_region },
      {
        Effect    = "Allow"
        Action    = "route53:ChangeResourceRecordSets"
        Resource  = "arn:aws:route53:::hostedzone/*"
        Condition = { "ForAllValues:StringEquals" = { "route53:ChangeResourceRecordSetsRecordTypes" = ["CNAME"] } }
      },
    ]
  }

  delivery = {
    read = concat(local.in_cluster.read, [{ Effect = "Allow", Action = ["iam:GetRole*", "iam:ListRole*", "iam:ListAttachedRolePolicies", "iam:ListInstanceProfilesForRole"], Resource = "${local.iam}:role${local.path}/*" }])
    write = [{
      Effect   = "Allow"
      Action   = ["iam:CreateRole", "iam:DeleteRole", "iam:UpdateRole", "iam:UpdateAssumeRolePolicy", "iam:PutRolePolicy", "iam:DeleteRolePolicy", "iam:PutRolePermissionsBoundary", "iam:TagRole", "iam:UntagRole"]
      Resource = "${local.iam}:role${local.path}/push/*"
    }]
  }
}
