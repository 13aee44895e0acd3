# Roles of people: they look, and do by hand what has no stack. Changes go through the stacks.

locals {
  teams = {
    security = [
      { Effect = "Allow", Action = ["iam:Get*", "iam:List*", "iam:Generate*", "iam:SimulatePrincipalPolicy"], Resource = "*" },
      { Effect = "Allow", Action = ["ec2:Describe*", "rds:Describe*", "eks:Describe*", "eks:List*", "ecr:Describe*", "kms:Describe*", "kms:List*"], Resource = "*" },
    ]
    platform = [
      { Effect = "Allow", Action = ["ec2:Describe*", "eks:Describe*", "eks:List*", "elasticloadbalancing:Describe*", "autoscaling:Describe*"], Resource = "*" },
    ]
    databases = [
      { Effect = "Allow", Action = ["rds:Describe*", "rds:List*"], Resource = "*" },
      {
        Effect   = "Allow"
        Action   = ["rds:CreateDBClusterSnapshot", "rds:FailoverDBCluster"]
        Resource = [for thing in local.databases : "arn:aws:rds:*:${var.account_id}:${thing}"]
      },
    ]
    apps = concat(local.find_cluster, [
      { Effect = "Allow", Action = ["ecr:Describe*", "ecr:List*"], Resource = "arn:aws:ecr:*:${var.account_id}:repository/${local.name}/*" },
    ])
  }
}

resource "aws_iam_role" "team" {
  for_each = local.teams

  name                 = "${local.name}-team-${each.key}"
  path                 = "${local.path}/teams/"
  description          = "People of the team ${each.key}"
  permissions_boundary = var.boundary_arn
  tags                 = { "strata:team" = each.key }

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = var.people[each.key] }
    }]
  })
}

resource "aws_iam_role_policy" "team" {
  for_each = local.teams

  name   = "team"
  role   = aws_iam_role.team[each.key].name
  policy = jsonencode({ Version = "2012-10-17", Statement = each.value })
}
