# What no account of the estate can do, whoever asks: service control policies stand above every role, the account's root too.

locals {
  name = "${var.org}-${var.env}"

  policies = {
    regions = {
      description = "Nothing outside of the estate's regions"
      statements = [{
        Sid    = "OnlyOurRegions"
        Effect = "Deny"
        NotAction = [
          "iam:*", "organizations:*", "route53:*", "cloudfront:*", "support:*", "sts:*", "budgets:*", "ce:*", "health:*", "shield:*",
          "waf:*", "globalaccelerator:*", "account:*", "s3:GetAccountPublicAccessBlock", "s3:ListAllMyBuckets",
        ]
        Resource  = "*"
        Condition = { StringNotEquals = { "aws:RequestedRegion" = sort(var.regions) } }
      }]
    }

    audit-stays = {
      description = "The trail, what it wrote and what watches cannot be switched off"
      statements = [{
        Sid    = "AuditStays"
        Effect = "Deny"
        Action = [
          "cloudtrail:StopLogging", "cloudtrail:DeleteTrail", "cloudtrail:UpdateTrail", "cloudtrail:PutEventSelectors", "config:Delete*",
          "config:StopConfigurationRecorder", "guardduty:Delete*", "guardduty:Disassociate*", "guardduty:StopMonitoringMembers",
          "organizations:LeaveOrganization",
        ]
        Resource = "*"
      }]
    }

    no-long-lived-keys = {
      description = "No users, no access keys, nothing by the account's root"
      statements = [
        {
          Sid      = "NoUsersNoKeys"
          Effect   = "Deny"
          Action   = ["iam:CreateUser", "iam:CreateAccessKey", "iam:CreateLoginProfile"]
          Resource = "*"
        },
        {
          Sid       = "NotByRoot"
          Effect    = "Deny"
          Action    = "*"
          Resource  = "*"
          Condition = { StringLike = { "aws:PrincipalArn" = "arn:aws:iam::*:root" } }
        },
      ]
    }

    encrypted-and-private = {
      description = "Nothing stored in the clear, no bucket open to the world, no machine with the old metadata service"
      statements = [
        {
          Sid       = "EncryptedVolumes"
          Effect    = "Deny"
          Action    = ["ec2:CreateVolume", "ec2:RunInstances"]
          Resource  = "arn:aws:ec2:*:*:volume/*"
          Condition = { Bool = { "ec2:Encrypted" = "false" } }
        },
        {
          Sid       = "EncryptedDatabases"
          Effect    = "Deny"
          Action    = ["rds:CreateDBInstance", "rds:CreateDBCluster"]
          Resource  = "*"
          Condition = { Bool = { "rds:StorageEncrypted" = "false" } }
        },
        {
          Sid      = "PublicAccessBlockStays"
          Effect   = "Deny"
          Action   = ["s3:PutAccountPublicAccessBlock"]
          Resource = "*"
        },
        {
          Sid       = "NewMetadataServiceOnly"
          Effect    = "Deny"
          Action    = "ec2:RunInstances"
          Resource  = "arn:aws:ec2:*:*:instance/*"
          Condition = { StringNotEquals = { "ec2:MetadataHttpTokens" = "required" } }
        },
      ]
    }
  }
}

resource "aws_organizations_policy" "this" {
  for_each = local.policies

  name        = "${var.org}-${each.key}"
  description = each.value.description
  type        = "SERVICE_CONTROL_POLICY"
  content     = jsonencode({ Version = "2012-10-17", Statement = each.value.statements })
}

resource "aws_organizations_policy_attachment" "this" {
  for_each = local.policies

  policy_id = aws_organizations_policy.this[each.key].id
  target_id = var.workload_ou
}

# A budget for each account: told before it is spent, and when it looks as if it will be.
resource "aws_budgets_budget" "account" {
  for_each = var.budgets

  name         = "${var.org}-${each.key}"
  budget_type  = "COST"
  limit_amount = tostring(each.value)
  limit_unit   = "USD"
  time_unit    = "MONTHLY"

  cost_filter {
    name   = "LinkedAccount"
    values = [var.accounts[each.key]]
  }

  notification {
    comparison_operator        = "GREATER_THAN"
    threshold                  = 80
    threshold_type             = "PERCENTAGE"
    notification_type          = "ACTUAL"
    subscriber_email_addresses = [var.security_email]
  }

  notification {
    comparison_operator        = "GREATER_THAN"
    threshold                  = 100
    threshold_type             = "PERCENTAGE"
    notification_type          = "FORECASTED"
    subscriber_email_addresses = [var.security_email]
  }
}
