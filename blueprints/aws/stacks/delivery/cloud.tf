# A role for each repository of the forge, which can push to one repository of images and cannot take back what it pushed: tags are
# immutable, and it may delete nothing. Argo CD's repository server comes with its Pod Identity.

variable "oidc_provider_arn" {
  description = "The account's trust in the forge's tokens."
  type        = string
}

variable "boundary_arn" {
  description = "The boundary that every role has."
  type        = string
}

variable "issuer" {
  description = "Who signs the forge's tokens."
  type        = string
  default     = "token.actions.githubusercontent.com"
}

variable "owner_id" {
  description = "The organisation's numeric id at the forge: its repositories alone push."
  type        = string
}

variable "repository_arns" {
  description = "The repositories of images, by name."
  type        = map(string)
}

locals {
  identity_annotations = {}
  identity_labels      = {}
  push_identities      = { for name, role in aws_iam_role.push : name => role.arn }
}

resource "aws_iam_role" "push" {
  for_each = var.pushers

  name                 = "${var.org}-${var.env}-push-${each.key}"
  path                 = "/${var.org}/${var.env}/push/"
  description          = "What the CI of one repository becomes to push the image ${each.key}"
  permissions_boundary = var.boundary_arn
  max_session_duration = 3600

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { Federated = var.oidc_provider_arn }

      # The forge is told to make subjects of ids: names can be taken over, ids cannot.
      Condition = { StringEquals = {
        "${var.issuer}:aud" = "sts.amazonaws.com"
        "${var.issuer}:sub" = "repository_owner_id:${var.owner_id}:repository_id:${each.value}:environment:${var.env}"
      } }
    }]
  })
}

resource "aws_iam_role_policy" "push" {
  for_each = var.pushers

  name = "push"
  role = aws_iam_role.push[each.key].name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect   = "Allow"
        Action   = "ecr:GetAuthorizationToken"
        Resource = "*" # it names no repository
      },
      {
        Effect = "Allow"
        Action = [
          "ecr:BatchCheckLayerAvailability",
          "ecr:BatchGetImage",
          "ecr:CompleteLayerUpload",
          "ecr:GetDownloadUrlForLayer",
          "ecr:InitiateLayerUpload",
          "ecr:PutImage",
          "ecr:UploadLayerPart",
        ]
        Resource = var.repository_arns[each.key]
      },
    ]
  })
}
