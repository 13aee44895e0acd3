# What runs in the cluster becomes these roles through EKS Pod Identity: no key, no secret, and no role that another service account gets.

locals {
  pods = { StringEquals = { "aws:SourceAccount" = var.account_id } }

  workloads = { for name, statements in local.all_workloads : name => jsonencode({ Version = "2012-10-17", Statement = statements }) if var.stacks == null }

  all_workloads = {
    otel = [
      { Effect = "Allow", Action = ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams", "logs:DescribeLogGroups"], Resource = "arn:aws:logs:*:${var.account_id}:log-group:/${var.org}/${var.env}/*" },
      { Effect = "Allow", Action = ["aps:RemoteWrite"], Resource = "arn:aws:aps:*:${var.account_id}:workspace/*" },
    ]
    external-secrets = [
      { Effect = "Allow", Action = ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"], Resource = "arn:aws:secretsmanager:*:${var.account_id}:secret:${var.org}/${var.env}/*" },
    ]
    velero = [
      { Effect = "Allow", Action = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts", "s3:ListBucket"], Resource = ["arn:aws:s3:::${local.name}-${var.account_id}-backups", "arn:aws:s3:::${local.name}-${var.account_id}-backups/*"] },
      { Effect = "Allow", Action = ["ec2:DescribeVolumes", "ec2:DescribeSnapshots"], Resource = "*" },
      { Effect = "Allow", Action = ["ec2:CreateTags", "ec2:CreateVolume", "ec2:CreateSnapshot", "ec2:DeleteSnapshot"], Resource = "arn:aws:ec2:*:*:*/*", Condition = local.here },
    ]
    external-dns = [
      { Effect = "Allow", Action = ["route53:ChangeResourceRecordSets"], Resource = "arn:aws:route53:::hostedzone/*", Condition = { "ForAllValues:StringEquals" = { "route53:ChangeResourceRecordSetsRecordTypes" = ["A", "AAAA", "CNAME", "TXT"] } } },
      { Effect = "Allow", Action = ["route53:ListHostedZones", "route53:ListResourceRecordSets", "route53:ListTagsForResources"], Resource = "*" },
    ]
    cert-manager = [
      { Effect = "Allow", Action = ["route53:GetChange"], Resource = "arn:aws:route53:::change/*" },
      { Effect = "Allow", Action = ["route53:ChangeResourceRecordSets"], Resource = "arn:aws:route53:::hostedzone/*", Condition = { "ForAllValues:StringEquals" = { "route53:ChangeResourceRecordSetsRecordTypes" = ["TXT"] } } },
      { Effect = "Allow", Action = ["route53:ListHostedZonesByName", "route53:ListResourceRecordSets"], Resource = "*" },
    ]
    argocd = [
      { Effect = "Allow", Action = ["ecr:GetAuthorizationToken"], Resource = "*" },
      { Effect = "Allow", Action = ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer", "ecr:DescribeImages"], Resource = "arn:aws:ecr:*:${var.account_id}:repository/${local.name}/*" },
    ]
    load-balancer-controller = [
      { Effect = "Allow", Action = ["ec2:Describe*", "ec2:GetSecurityGroupsForVpc", "elasticloadbalancing:Describe*", "acm:ListCertificates", "acm:DescribeCertificate"], Resource = "*" },
      { Effect = "Allow", Action = ["ec2:AuthorizeSecurityGroupIngress", "ec2:RevokeSecurityGroupIngress", "ec2:CreateSecurityGroup", "ec2:DeleteSecurityGroup", "ec2:CreateTags", "ec2:DeleteTags", "elasticloadbalancing:*"], Resource = "*", Condition = local.here },
    ]

    # Apps come to the database as themselves: a token of fifteen minutes in place of a password.
    orders = [
      { Effect = "Allow", Action = ["rds-db:connect"], Resource = "arn:aws:rds-db:*:${var.account_id}:dbuser:*/orders" },
      { Effect = "Allow", Action = ["firehose:PutRecord", "firehose:PutRecordBatch"], Resource = "arn:aws:firehose:*:${var.account_id}:deliverystream/${local.name}-*" },
    ]
    search = [
      { Effect = "Allow", Action = ["rds-db:connect"], Resource = "arn:aws:rds-db:*:${var.account_id}:dbuser:*/search" },
    ]
  }
}

resource "aws_iam_role" "workload" {
  for_each = local.workloads

  name                 = "${local.name}-${each.key}"
  path                 = "/strata-workload/"
  description          = "What ${each.key} becomes in the cluster"
  permissions_boundary = var.boundary_arn

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = ["sts:AssumeRole", "sts:TagSession"]
      Principal = { Service = "pods.eks.amazonaws.com" }
      Condition = local.pods
    }]
  })
}

resource "aws_iam_role_policy" "workload" {
  for_each = local.workloads

  name   = "workload"
  role   = aws_iam_role.workload[each.key].name
  policy = each.value
}
