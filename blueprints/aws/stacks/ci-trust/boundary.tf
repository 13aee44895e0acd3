# The most that any role of automation, team or workload can ever have, whatever policies say.

locals {
  boundary_arn = "${local.iam}:policy${local.path}/${local.name}-boundary"
}

resource "aws_iam_policy" "boundary" {
  name        = "${local.name}-boundary"
  path        = "${local.path}/"
  description = "The most that any role of ${local.name} can have"

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid    = "ServicesInUse"
        Effect = "Allow"
        Action = [
          "acm:*", "aps:*", "autoscaling:*", "backup:*", "backup-storage:*", "cloudwatch:*", "ec2:*", "ec2messages:*", "ecr:*", "eks:*",
          "eks-auth:*", "elasticloadbalancing:*", "firehose:*", "glue:*", "iam:*", "kms:*", "logs:*", "rds:*", "rds-db:*",
          "redshift:*", "redshift-serverless:*", "route53:*", "s3:*", "secretsmanager:*", "shield:Get*", "ssm:*", "ssmmessages:*",
          "sts:*", "tag:*", "wafv2:*", "xray:*",
        ]
        Resource = "*"
      },
      {
        Sid      = "NoUsersNoKeys"
        Effect   = "Deny"
        Action   = ["iam:CreateUser", "iam:CreateAccessKey", "iam:CreateLoginProfile", "iam:UpdateLoginProfile"]
        Resource = "*"
      },
      {
        Sid      = "BoundaryAndTrustStay"
        Effect   = "Deny"
        Action   = ["iam:CreatePolicyVersion", "iam:DeletePolicy*", "iam:SetDefaultPolicyVersion", "iam:AddClientID*", "iam:DeleteOpenID*", "iam:UpdateOpenID*"]
        Resource = [local.boundary_arn, "${local.iam}:oidc-provider/*"]
      },
      {
        Sid      = "NoRoleLosesItsBoundary"
        Effect   = "Deny"
        Action   = "iam:DeleteRolePermissionsBoundary"
        Resource = "*"
      },
      {
        Sid       = "RolesOnlyWithBoundary"
        Effect    = "Deny"
        Action    = ["iam:CreateRole", "iam:PutRolePermissionsBoundary"]
        Resource  = "*"
        Condition = { StringNotEquals = { "iam:PermissionsBoundary" = local.boundary_arn } }
      },
      {
        Sid      = "RolesOfBootstrapStay"
        Effect   = "Deny"
        Action   = ["iam:DeleteRole*", "iam:PutRole*", "iam:AttachRole*", "iam:DetachRole*", "iam:UpdateAssumeRolePolicy", "iam:UpdateRole"]
        Resource = ["${local.iam}:role${local.path}/ci/*", "${local.iam}:role${local.path}/strata/${local.name}-automation-*"]
      },
    ]
  })
}
