# Layer 1: a role to plan and a role to apply for each stack. It cannot read what is above it, so policies name things by path,
# prefix or tag, never by id.

locals {
  name = "${var.org}-${var.env}"
  iam  = "arn:aws:iam::${var.account_id}"
  here = { StringEquals = { "aws:RequestedRegion" = [var.region, "us-east-1"] } }

  stacks = var.stacks == null ? toset(keys(local.grants)) : var.stacks

  # An apply plans each stack again before its turn, so it becomes both.
  trusted = { plan = [var.ci_role_arns.plan, var.ci_role_arns.apply], apply = [var.ci_role_arns.apply] }

  roles = {
    for pair in setproduct(local.stacks, ["plan", "apply"]) : "${pair[0]}-${pair[1]}" => { stack = pair[0], purpose = pair[1] }
  }
}

resource "aws_iam_role" "stack" {
  for_each = local.roles

  name                 = "${local.name}-${each.key}"
  path                 = "/strata/"
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

  name = "stack"
  role = aws_iam_role.stack[each.key].name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [{ Effect = "Allow", Action = local.grants[each.value.stack].read, Resource = "*" }],
      [for statement in local.grants[each.value.stack].write : statement if each.value.purpose == "apply"],
    )
  })
}
