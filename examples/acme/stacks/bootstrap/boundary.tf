# The most that any role of automation, team or workload can ever have, whatever policies say.

locals {
  boundary_arn = "${local.iam}:policy${local.path}/${local.name}-boundary"

  # Never: users and long-lived keys, this boundary, the trust, and what bootstrap made.
  denied = concat([
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
      Sid      = "NoRoleWithoutBoundary"
      Effect   = "Deny"
      Action   = "iam:DeleteRolePermissionsBoundary"
      Resource = "*"
    },
    {
      Sid    = "RolesOfBootstrapStay"
      Effect = "Deny"
      Action = ["iam:DeleteRole*", "iam:PutRole*", "iam:AttachRole*", "iam:DetachRole*", "iam:UpdateAssumeRolePolicy", "iam:UpdateRole"]
      Resource = [
        "${local.iam}:role${local.path}/ci/*", "${local.iam}:role/${local.name}-ci-*",
        "${local.iam}:role${local.path}/strata/${local.name}-identity-*", "${local.iam}:role/${local.name}-identity-*",
      ]
    },
    {
      Sid      = "StoreStays"
      Effect   = "Deny"
      Action   = ["rds:Delete*", "rds:Modify*", "rds:Stop*", "s3:Delete*", "s3:PutBucketPolicy", "s3:PutLifecycleConfiguration"]
      Resource = ["arn:aws:rds:*:${var.account_id}:db:${aws_db_instance.store.identifier}", aws_s3_bucket.backups.arn, "${aws_s3_bucket.backups.arn}/*"]
    },
    ], var.boundary_required ? [{
      Sid       = "RolesOnlyWithBoundary"
      Effect    = "Deny"
      Action    = ["iam:CreateRole", "iam:PutRolePermissionsBoundary"]
      Resource  = "*"
      Condition = { StringNotEquals = { "iam:PermissionsBoundary" = local.boundary_arn } }
  }] : [])
}

resource "aws_iam_policy" "boundary" {
  name        = "${local.name}-boundary"
  path        = "${local.path}/"
  description = "The most that any role of ${local.name} can have"

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat([{
      Sid    = "ServicesInUse"
      Effect = "Allow"
      Action = [
        "ec2:*", "ecr:*", "eks:*", "elasticloadbalancing:*", "autoscaling:*", "iam:*", "kms:*", "logs:*", "rds:*", "s3:*",
        "secretsmanager:*", "sts:*", "tag:*",
      ]
      Resource = "*"
    }], local.denied)
  })
}
