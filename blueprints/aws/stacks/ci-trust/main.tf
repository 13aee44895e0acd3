# The trust between CI and this account: no key is stored anywhere. The forge's tokens name ids and the environment in their subject
# (GitHub: `use_default = false`, `include_claim_keys = ["repository_owner_id", "repository_id", "environment"]`), so neither a renamed
# repository nor a branch without the environment's reviewers gets in.

locals {
  name = "${var.org}-${var.env}"
  iam  = "arn:aws:iam::${var.account_id}"

  plan_roles  = ["${local.iam}:role/${var.org}/${var.env}/strata/${local.name}-*-plan"]
  apply_roles = ["${local.iam}:role/${var.org}/${var.env}/strata/${local.name}-*-apply"]

  subject = "repository_owner_id:${var.repository.owner_id}:repository_id:${var.repository.id}:environment"

  # Plans run for every pull request, in an environment without reviewers; applies only in the reviewed one. An apply plans again first.
  ci = {
    plan  = { subject = "${local.subject}:${var.env}-plan", roles = local.plan_roles }
    apply = { subject = "${local.subject}:${var.env}", roles = concat(local.plan_roles, local.apply_roles) }
  }
}

resource "aws_iam_openid_connect_provider" "ci" {
  url            = "https://${var.issuer}"
  client_id_list = ["sts.amazonaws.com"]
}

resource "aws_iam_role" "ci" {
  for_each = local.ci

  name                 = "${local.name}-ci-${each.key}"
  path                 = "/strata-ci/"
  description          = "What CI becomes to ${each.key}: it can only become roles of stacks"
  permissions_boundary = aws_iam_policy.boundary.arn
  max_session_duration = 14400

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { Federated = aws_iam_openid_connect_provider.ci.arn }
      Condition = { StringEquals = {
        "${var.issuer}:aud" = "sts.amazonaws.com"
        "${var.issuer}:sub" = each.value.subject
      } }
    }]
  })
}

resource "aws_iam_role_policy" "ci" {
  for_each = local.ci

  name = "become-stack-roles"
  role = aws_iam_role.ci[each.key].name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["sts:AssumeRole", "sts:TagSession"]
      Resource = each.value.roles
    }]
  })
}
