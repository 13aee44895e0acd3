# Teams in this account. Names of the directory's own roles end in letters that nobody can foretell, and a cluster wants exact ones: so people
# become this role, which trusts their permission set by its name, and the cluster knows the team by it.

locals {
  # Who owns apps has the one permission set of all that do, and the session's directory group decides: see the trust.
  permission_sets = { for team in var.teams : team => contains(["security", "platform", "databases"], team) ? team : "apps" }
}

resource "aws_iam_role" "team" {
  for_each = var.teams

  name                 = "${local.name}-team-${each.key}"
  path                 = "${local.path}/teams/"
  description          = "People of ${each.key}, as the cluster knows them"
  permissions_boundary = var.boundary_arn

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = ["sts:AssumeRole", "sts:TagSession"]
      Principal = { AWS = "${local.iam}:root" }
      Condition = merge(
        { ArnLike = { "aws:PrincipalArn" = "${local.iam}:role/aws-reserved/sso.amazonaws.com/*/AWSReservedSSO_${var.org}-${local.permission_sets[each.key]}_*" } },
        local.permission_sets[each.key] == "apps" ? { StringEquals = { "aws:PrincipalTag/team" = each.key } } : {},
      )
    }]
  })
}

resource "aws_iam_role_policy" "team" {
  for_each = var.teams

  name   = "find-the-cluster"
  role   = aws_iam_role.team[each.key].name
  policy = jsonencode({ Version = "2012-10-17", Statement = local.in_cluster.read })
}
