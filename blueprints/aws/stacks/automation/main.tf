# Identity: automation and workloads. Each stack plans as one role and applies as another. This layer cannot read those above it, so its
# policies name things by path, prefix and alias, never by id.

locals {
  name = "${var.org}-${var.env}"
  path = "/${var.org}/${var.env}"
  iam  = "arn:aws:iam::${var.account_id}"
  here = "${var.region}:${var.account_id}"

  in_region = { StringEquals = { "aws:RequestedRegion" = var.region } }
  our_keys  = { "ForAnyValue:StringLike" = { "kms:ResourceAliases" = "alias/${local.name}-*" } }

  # An apply plans each stack again before its turn, so CI's apply role becomes both.
  trusted = { plan = [var.ci_role_arns.plan, var.ci_role_arns.apply], apply = [var.ci_role_arns.apply] }

  roles = merge([
    for stack, grant in local.grants : {
      for purpose in ["plan", "apply"] : "${stack}-${purpose}" => {
        stack      = stack
        purpose    = purpose
        statements = concat(grant.read, [for statement in grant.write : statement if purpose == "apply"])
      }
    }
  ]...)
}

resource "aws_iam_role" "stack" {
  for_each = local.roles

  name                 = "${local.name}-${each.key}"
  path                 = "${local.path}/strata/"
  description          = "Stack ${each.value.stack}: ${each.value.purpose}"
  permissions_boundary = var.boundary_arn
  max_session_duration = 7200
  tags                 = { "strata:for" = each.value.stack, "strata:purpose" = each.value.purpose }

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = ["sts:AssumeRole", "sts:TagSession"]
      Principal = { AWS = concat(local.trusted[each.value.purpose], var.administrators) }
    }]
  })
}

resource "aws_iam_role_policy" "stack" {
  for_each = local.roles

  name   = "stack"
  role   = aws_iam_role.stack[each.key].name
  policy = jsonencode({ Version = "2012-10-17", Statement = each.value.statements })
}
