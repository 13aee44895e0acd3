# Managed infrastructure, once: the parent zone. Each environment's stack `dns` writes its own delegation here, through a role that can write nothing else.

locals {
  name = "${var.org}-${var.env}"
}

resource "aws_route53_zone" "parent" {
  name    = var.domain
  comment = "The parent of all environments' zones"
}

# Certificates of these authorities alone.
resource "aws_route53_record" "caa" {
  zone_id = aws_route53_zone.parent.zone_id
  name    = var.domain
  type    = "CAA"
  ttl     = 3600
  records = ["0 issue \"amazon.com\"", "0 issue \"letsencrypt.org\"", "0 iodef \"mailto:security@${var.domain}\""]
}

resource "aws_iam_role" "delegation" {
  for_each = var.accounts

  name                 = "${local.name}-dns-${each.key}"
  path                 = "/${var.org}/${var.env}/dns/"
  description          = "The stack dns of ${each.key} delegates its zone"
  permissions_boundary = var.boundary_arn

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = ["sts:AssumeRole", "sts:TagSession"]
      Principal = { AWS = "arn:aws:iam::${each.value}:root" }
      Condition = { ArnLike = { "aws:PrincipalArn" = "arn:aws:iam::${each.value}:role/${var.org}/${each.key}/strata/${var.org}-${each.key}-dns-*" } }
    }]
  })
}

resource "aws_iam_role_policy" "delegation" {
  for_each = var.accounts

  name = "delegate"
  role = aws_iam_role.delegation[each.key].name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = ["route53:GetHostedZone", "route53:ListResourceRecordSets"], Resource = aws_route53_zone.parent.arn },
      { Effect = "Allow", Action = "route53:GetChange", Resource = "*" },
      {
        Effect   = "Allow"
        Action   = "route53:ChangeResourceRecordSets"
        Resource = aws_route53_zone.parent.arn
        Condition = { "ForAllValues:StringEquals" = {
          "route53:ChangeResourceRecordSetsRecordTypes"           = ["NS"]
          "route53:ChangeResourceRecordSetsNormalizedRecordNames" = ["${each.key}.${var.domain}"]
        } }
      },
    ]
  })
}
