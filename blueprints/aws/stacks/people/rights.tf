# What each team may do by hand, in each of its accounts.

locals {
  find_cluster = [
    { Effect = "Allow", Action = ["eks:DescribeCluster", "eks:ListClusters"], Resource = "*" },
  ]

  # A cluster knows a team by the role of its name, which trusts this permission set alone.
  become_team = {
    for team in keys(local.teams) : team => [
      { Effect = "Allow", Action = ["sts:AssumeRole", "sts:TagSession"], Resource = "arn:aws:iam::*:role/${var.org}/*/teams/*-team-${team}" },
    ]
  }

  rights = {
    security = [
      { Effect = "Allow", Action = ["iam:Get*", "iam:List*", "iam:Generate*", "iam:SimulatePrincipalPolicy"], Resource = "*" },
      { Effect = "Allow", Action = ["cloudtrail:Describe*", "cloudtrail:Get*", "cloudtrail:List*", "cloudtrail:LookupEvents"], Resource = "*" },
      { Effect = "Allow", Action = ["ec2:Describe*", "rds:Describe*", "eks:Describe*", "eks:List*", "ecr:Describe*", "kms:Describe*", "kms:List*", "kms:GetKeyPolicy"], Resource = "*" },
    ]

    platform = concat(local.find_cluster, [
      { Effect = "Allow", Action = ["ec2:Describe*", "elasticloadbalancing:Describe*", "autoscaling:Describe*", "logs:Describe*", "logs:FilterLogEvents", "logs:StartQuery", "logs:GetQueryResults", "cloudwatch:Get*", "cloudwatch:List*", "cloudwatch:Describe*"], Resource = "*" },
      { Effect = "Allow", Action = ["eks:Describe*", "eks:List*", "eks:AccessKubernetesApi"], Resource = "*" },
      # Sessions on machines go through Systems Manager, which keeps what was typed.
      { Effect = "Allow", Action = ["ssm:StartSession"], Resource = ["arn:aws:ec2:*:*:instance/*"], Condition = { StringEquals = { "aws:ResourceTag/strata:stack" = "machines" } } },
      { Effect = "Allow", Action = ["ssm:TerminateSession", "ssm:ResumeSession"], Resource = ["arn:aws:ssm:*:*:session/$${aws:userid}-*"] },
    ])

    databases = [
      { Effect = "Allow", Action = ["rds:Describe*", "rds:List*", "backup:Describe*", "backup:List*", "redshift-serverless:Get*", "redshift-serverless:List*"], Resource = "*" },
      { Effect = "Allow", Action = ["rds:CreateDBClusterSnapshot", "rds:FailoverDBCluster", "backup:StartBackupJob"], Resource = "*" },
    ]

    team-a = local.app["orders"]
    team-b = local.app["search"]
  }

  app = {
    for app in ["orders", "search"] : app => concat(local.find_cluster, [
      { Effect = "Allow", Action = ["ecr:Describe*", "ecr:List*", "ecr:BatchGetImage"], Resource = "arn:aws:ecr:*:*:repository/*/${app}" },
      { Effect = "Allow", Action = ["logs:Describe*", "logs:FilterLogEvents"], Resource = "arn:aws:logs:*:*:log-group:/${var.org}/*/${app}*" },
    ])
  }
}
