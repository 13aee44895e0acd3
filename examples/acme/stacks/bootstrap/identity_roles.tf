# Plan and apply roles of the stack `identity`. It makes those of all other stacks, and cannot make its own.

locals {
  managed = [
    "${local.iam}:role${local.path}/*", "${local.iam}:policy${local.path}/*",
    "${local.iam}:role/${local.name}-*", "${local.iam}:policy/${local.name}-*",
  ]

  identity = {
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
            "iam:TagRole", "iam:UntagRole", "iam:CreatePolicy", "iam:DeletePolicy", "iam:CreatePolicyVersion",
            "iam:DeletePolicyVersion", "iam:TagPolicy", "iam:UntagPolicy",
          ]
          Resource = local.managed
        },
      ]
    }
  }
}

resource "aws_iam_role" "identity" {
  for_each = local.identity

  name                 = "${local.name}-identity-${each.key}"
  path                 = "${local.path}/strata/"
  description          = "Stack identity: ${each.key}"
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

resource "aws_iam_role_policy" "identity" {
  for_each = local.identity

  name   = "stack"
  role   = aws_iam_role.identity[each.key].name
  policy = jsonencode({ Version = "2012-10-17", Statement = each.value.statements })
}
