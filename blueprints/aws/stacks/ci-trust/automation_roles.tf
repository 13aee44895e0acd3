# Plan and apply roles of the stack `automation`. It makes those of all other stacks, and cannot make its own.

locals {
  managed = [
    "${local.iam}:role${local.path}/*", "${local.iam}:policy${local.path}/*", "${local.iam}:instance-profile${local.path}/*",
  ]

  automation = {
    plan = {
      trusted    = [for role in aws_iam_role.ci : role.arn]
      statements = [{ Effect = "Allow", Action = ["iam:Get*", "iam:List*"], Resource = "*" }]
    }
    apply = {
      trusted = [aws_iam_role.ci["apply"].arn]
      statements = [
        { Effect = "Allow", Action = ["iam:Get*", "iam:List*"], Resource = "*" },
        {
          Effect = "Allow"
          Action = [
            "iam:CreateRole", "iam:DeleteRole", "iam:UpdateRole", "iam:UpdateRoleDescription", "iam:UpdateAssumeRolePolicy",
            "iam:PutRolePermissionsBoundary", "iam:PutRolePolicy", "iam:DeleteRolePolicy", "iam:AttachRolePolicy", "iam:DetachRolePolicy",
            "iam:TagRole", "iam:UntagRole", "iam:CreateInstanceProfile", "iam:DeleteInstanceProfile", "iam:AddRoleToInstanceProfile",
            "iam:RemoveRoleFromInstanceProfile", "iam:TagInstanceProfile", "iam:UntagInstanceProfile",
          ]
          Resource = local.managed
        },
        {
          Effect    = "Allow"
          Action    = "iam:PassRole"
          Resource  = "${local.iam}:role${local.path}/service/*"
          Condition = { StringEquals = { "iam:PassedToService" = "ec2.amazonaws.com" } }
        },
      ]
    }
  }
}

resource "aws_iam_role" "automation" {
  for_each = local.automation

  name                 = "${local.name}-automation-${each.key}"
  path                 = "${local.path}/strata/"
  description          = "Stack automation: ${each.key}"
  permissions_boundary = aws_iam_policy.boundary.arn

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = ["sts:AssumeRole", "sts:TagSession"]
      Principal = { AWS = concat(each.value.trusted, var.administrators) }
    }]
  })
}

resource "aws_iam_role_policy" "automation" {
  for_each = local.automation

  name   = "stack"
  role   = aws_iam_role.automation[each.key].name
  policy = jsonencode({ Version = "2012-10-17", Statement = each.value.statements })
}
