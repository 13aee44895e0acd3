locals {
  # Becoming the team's role in an account, by which the cluster knows its people. The role's trust names the permission set.
  become = [{ Effect = "Allow", Action = ["sts:AssumeRole", "sts:TagSession"], Resource = "arn:aws:iam::*:role/${var.org}/*/teams/*" }]

  kinds = {
    security = {
      hours    = 4
      managed  = ["SecurityAudit", "job-function/ViewOnlyAccess"]
      in_place = [{ Effect = "Allow", Action = ["iam:SimulatePrincipalPolicy", "access-analyzer:*"], Resource = "*" }]
    }
    platform = {
      hours    = 8
      managed  = ["job-function/ViewOnlyAccess"]
      in_place = [{ Effect = "Allow", Action = ["ssm:StartSession", "ssm:TerminateSession", "ssm:DescribeSessions"], Resource = "*", Condition = { StringEquals = { "aws:ResourceTag/strata:estate" = var.org } } }]
    }
    databases = {
      hours    = 4
      managed  = ["AmazonRDSReadOnlyAccess"]
      in_place = [{ Effect = "Allow", Action = ["rds:CreateDBClusterSnapshot", "rds:FailoverDBCluster"], Resource = ["arn:aws:rds:*:*:cluster:${var.org}-*", "arn:aws:rds:*:*:cluster-snapshot:${var.org}-*"] }]
    }
    apps = {
      hours    = 8
      managed  = ["AmazonEC2ContainerRegistryReadOnly"]
      in_place = [{ Effect = "Allow", Action = ["logs:StartQuery", "logs:GetQueryResults", "logs:FilterLogEvents"], Resource = "arn:aws:logs:*:*:log-group:/${var.org}/*" }]
    }
  }

  attachments = merge([for kind, set in local.kinds : { for policy in set.managed : "${kind}/${policy}" => { kind = kind, policy = policy } }]...)
}

resource "aws_ssoadmin_permission_set" "kind" {
  for_each = local.kinds

  instance_arn     = local.instance_arn
  name             = "${var.org}-${each.key}"
  description      = "What ${each.key} may do by hand"
  session_duration = "PT${each.value.hours}H"
}

resource "aws_ssoadmin_managed_policy_attachment" "kind" {
  for_each = local.attachments

  instance_arn       = local.instance_arn
  permission_set_arn = aws_ssoadmin_permission_set.kind[each.value.kind].arn
  managed_policy_arn = "arn:aws:iam::aws:policy/${each.value.policy}"
}

resource "aws_ssoadmin_permission_set_inline_policy" "kind" {
  for_each = local.kinds

  instance_arn       = local.instance_arn
  permission_set_arn = aws_ssoadmin_permission_set.kind[each.key].arn
  inline_policy      = jsonencode({ Version = "2012-10-17", Statement = concat(local.become, each.value.in_place) })
}
