# Teams in this account. Names of the directory's own roles end in letters that nobody can foretell, and a cluster wants exact ones: so people
# become this role, which trusts their permission set by its name, and the cluster knows the team by it.

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
      Condition = { ArnLike = { "aws:PrincipalArn" = "${local.iam}:role/aws-reserved/sso.amazonaws.com/*/AWSReservedSSO_${each.key}_*" } }
    }]
  })
}

resource "aws_iam_role_policy" "team" {
  for_each = var.teams

  name   = "find-the-cluster"
  role   = aws_iam_role.team[each.key].name
  policy = jsonencode({ Version = "2012-10-17", Statement = local.in_cluster.read })
}
