# What each stack's roles may do: `read` for planning, `read` and `write` for applying.

locals {
  grants = {
    network      = local.network
    registry     = local.registry
    database     = local.database
    eks          = local.eks
    cluster-base = { read = local.find_cluster, write = [] }
    logging      = { read = local.find_cluster, write = [] }
    policy       = { read = local.find_cluster, write = [] }
    ingress      = { read = local.find_cluster, write = [] }
    shop         = { read = local.find_cluster, write = [] }
    search       = { read = local.find_cluster, write = [] }
  }

  # EC2 gives ids, not names, so the grant is by kind of thing and by region; no other stack has a write on these kinds.
  network = {
    read = [{ Effect = "Allow", Action = ["ec2:Describe*"], Resource = "*" }]
    write = [{
      Effect = "Allow"
      Action = [
        "ec2:*Vpc*", "ec2:*Subnet*", "ec2:*Route*", "ec2:*InternetGateway*", "ec2:*NatGateway*", "ec2:*Address*", "ec2:*SecurityGroup*",
        "ec2:*NetworkInterface*", "ec2:CreateTags", "ec2:DeleteTags",
      ]
      Resource  = "*"
      Condition = local.in_regions
    }]
  }

  registry = {
    read = [
      { Effect = "Allow", Action = ["ecr:DescribeRepositories", "ecr:ListTagsForResource"], Resource = "*" },
      { Effect = "Allow", Action = ["ecr:Get*", "ecr:ListImages"], Resource = "arn:aws:ecr:*:${var.account_id}:repository/${local.name}/*" },
      { Effect = "Allow", Action = ["s3:Get*", "s3:ListBucket"], Resource = "arn:aws:s3:::${local.name}-artifacts-*" },
    ]
    write = [
      {
        Effect = "Allow"
        Action = [
          "ecr:CreateRepository", "ecr:DeleteRepository", "ecr:Put*", "ecr:SetRepositoryPolicy", "ecr:DeleteRepositoryPolicy",
          "ecr:DeleteLifecyclePolicy", "ecr:TagResource", "ecr:UntagResource",
        ]
        Resource = "arn:aws:ecr:*:${var.account_id}:repository/${local.name}/*"
      },
      {
        Effect   = "Allow"
        Action   = ["s3:CreateBucket", "s3:DeleteBucket", "s3:PutBucket*", "s3:PutEncryptionConfiguration", "s3:PutLifecycleConfiguration"]
        Resource = "arn:aws:s3:::${local.name}-artifacts-*"
      },
    ]
  }

  databases = ["cluster:${local.name}-*", "db:${local.name}-orders-*", "cluster-snapshot:${local.name}-*"]

  database = {
    read = [
      { Effect = "Allow", Action = ["rds:Describe*", "rds:List*"], Resource = "*" },
      { Effect = "Allow", Action = ["kms:DescribeKey", "kms:Get*", "kms:List*"], Resource = "*" },
    ]
    write = [
      {
        Effect = "Allow"
        Action = [
          "rds:CreateDBCluster", "rds:CreateDBInstance", "rds:ModifyDBCluster", "rds:ModifyDBInstance", "rds:DeleteDBCluster", "rds:DeleteDBInstance",
          "rds:RebootDBInstance", "rds:AddTagsToResource", "rds:RemoveTagsFromResource", "rds:CreateDBClusterSnapshot",
        ]
        Resource = [for thing in local.databases : "arn:aws:rds:*:${var.account_id}:${thing}"]
      },
      # Subnet groups hold no data, and no other stack has any; by name only where the cloud tells it (ministack does not).
      { Effect = "Allow", Action = ["rds:*DBSubnetGroup"], Resource = "*", Condition = local.in_regions },
      # A key's own policy says who may use it; only keys of this estate may be scheduled for deletion.
      { Effect = "Allow", Action = ["kms:CreateKey", "kms:TagResource", "kms:EnableKeyRotation", "kms:CreateGrant"], Resource = "*", Condition = local.in_regions },
      {
        Effect    = "Allow"
        Action    = ["kms:ScheduleKeyDeletion", "kms:PutKeyPolicy", "kms:UpdateKeyDescription", "kms:UntagResource"]
        Resource  = "arn:aws:kms:*:${var.account_id}:key/*"
        Condition = { StringEquals = { "aws:ResourceTag/strata:stack" = "database" } }
      },
      # The password that the cloud itself makes and turns over.
      { Effect = "Allow", Action = ["secretsmanager:CreateSecret", "secretsmanager:TagResource"], Resource = "arn:aws:secretsmanager:*:${var.account_id}:secret:rds!cluster-*" },
    ]
  }

  eks = {
    read = [{ Effect = "Allow", Action = ["eks:Describe*", "eks:List*"], Resource = local.clusters }]
    write = [
      {
        Effect = "Allow"
        Action = [
          "eks:CreateCluster", "eks:UpdateCluster*", "eks:DeleteCluster", "eks:TagResource", "eks:UntagResource",
          "eks:CreateNodegroup", "eks:UpdateNodegroup*", "eks:DeleteNodegroup",
          "eks:CreateAccessEntry", "eks:UpdateAccessEntry", "eks:DeleteAccessEntry", "eks:AssociateAccessPolicy", "eks:DisassociateAccessPolicy",
        ]
        Resource = local.clusters
      },
      { Effect = "Allow", Action = ["iam:GetRole", "iam:PassRole"], Resource = ["${local.iam}:role${local.path}/workload/*", "${local.iam}:role/${local.name}-workload-*"] },
    ]
  }

  clusters = [for kind in ["cluster", "nodegroup", "access-entry"] : "arn:aws:eks:*:${var.account_id}:${kind}/${local.name}*"]
}
