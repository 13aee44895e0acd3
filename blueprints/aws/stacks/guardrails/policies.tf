# Service control policies: what nobody in the workloads' accounts can do, their administrators included. They deny, and grant nothing.

locals {
  name = "${var.org}-${var.env}"

  policies = {
    trail-stays = {
      description = "Trail, configuration recorder and organisation cannot be switched off or left"
      statements = [{
        Effect = "Deny"
        Action = [
          "organizations:LeaveOrganization", "cloudtrail:StopLogging", "cloudtrail:DeleteTrail", "cloudtrail:UpdateTrail",
          "cloudtrail:PutEventSelectors", "config:StopConfigurationRecorder", "config:DeleteConfigurationRecorder",
          "guardduty:DeleteDetector", "guardduty:DisassociateFromAdministratorAccount",
        ]
        Resource = "*"
      }]
    }

    regions = {
      description = "Only the regions in use"
      statements = [{
        Effect    = "Deny"
        NotAction = ["iam:*", "organizations:*", "route53:*", "cloudfront:*", "support:*", "sts:*", "budgets:*", "wafv2:*", "health:*", "sso:*"]
        Resource  = "*"
        Condition = { StringNotEquals = { "aws:RequestedRegion" = var.regions } }
      }]
    }

    no-root-no-keys = {
      description = "No work as root, no users with keys of long life"
      statements = [
        { Effect = "Deny", Action = "*", Resource = "*", Condition = { ArnLike = { "aws:PrincipalArn" = "arn:aws:iam::*:root" } } },
        { Effect = "Deny", Action = ["iam:CreateUser", "iam:CreateAccessKey"], Resource = "*" },
      ]
    }

    private-data = {
      description = "Nothing public and nothing unencrypted"
      statements = [
        { Effect = "Deny", Action = ["s3:PutAccountPublicAccessBlock"], Resource = "*" },
        { Effect = "Deny", Action = ["ec2:DisableEbsEncryptionByDefault"], Resource = "*" },
        { Effect = "Deny", Action = ["rds:CreateDBInstance", "rds:CreateDBCluster"], Resource = "*", Condition = { Bool = { "rds:StorageEncrypted" = "false" } } },
        { Effect = "Deny", Action = "ec2:RunInstances", Resource = "arn:aws:ec2:*:*:instance/*", Condition = { StringNotEquals = { "ec2:MetadataHttpTokens" = "required" } } },
      ]
    }
  }
}

resource "aws_organizations_policy" "guardrail" {
  for_each = local.policies

  name        = "${local.name}-${each.key}"
  description = each.value.description
  type        = "SERVICE_CONTROL_POLICY"
  content     = jsonencode({ Version = "2012-10-17", Statement = each.value.statements })
}

resource "aws_organizations_policy_attachment" "guardrail" {
  for_each = aws_organizations_policy.guardrail

  policy_id = each.value.id
  target_id = var.workload_unit
}
