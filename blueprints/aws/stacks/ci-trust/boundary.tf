# The most that any role of this account that automation makes can ever do, whatever its own policies say.

locals {
  boundary_arn = "${local.iam}:policy/strata/${local.name}-boundary"
}

resource "aws_iam_policy" "boundary" {
  name        = "${local.name}-boundary"
  path        = "/strata/"
  description = "The most that any role of ${local.name} can do"

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid    = "ServicesInUse"
        Effect = "Allow"
        Action = [
          "acm:*", "autoscaling:*", "backup:*", "backup-storage:*", "cloudwatch:*", "ec2:*", "ec2messages:*", "ecr:*", "eks:*", "eks-auth:*",
          "elasticloadbalancing:*", "firehose:*", "glue:*", "iam:*", "kms:*", "logs:*", "rds:*", "rds-db:connect", "redshift:*",
          "redshift-serverless:*", "route53:*", "s3:*", "secretsmanager:*", "ssm:*", "ssmmessages:*", "sts:*", "tag:*", "aps:*", "xray:*",
          "shield:GetSubscriptionState", "wafv2:GetWebACL*", "wafv2:AssociateWebACL", "wafv2:DisassociateWebACL", # of the load balancer controller
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
        Sid      = "RolesOnlyWithBoundary"
        Effect   = "Deny"
        Action   = ["iam:CreateRole", "iam:PutRolePermissionsBoundary"]
        Resource = "*"
        Condition = {
          StringNotEquals = { "iam:PermissionsBoundary" = local.boundary_arn }
        }
      },
      {
        Sid      = "NoRoleLosesItsBoundary"
        Effect   = "Deny"
        Action   = "iam:DeleteRolePermissionsBoundary"
        Resource = "*"
      },
      {
        Sid      = "TrustsRolesStay"
        Effect   = "Deny"
        Action   = ["iam:DeleteRole*", "iam:PutRole*", "iam:AttachRole*", "iam:DetachRole*", "iam:UpdateAssumeRolePolicy", "iam:UpdateRole"]
        Resource = "${local.iam}:role/strata-ci/*"
      },
    ]
  })
}
