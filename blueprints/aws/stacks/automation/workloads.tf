# Roles of what runs in the cluster, taken through EKS Pod Identity: no key, and no annotation that a namespace could copy.
# Which service account has which role stands in the stack `cluster`.

locals {
  # From Pod Identity's session tags: a role serves one service account of our cluster and no other.
  workloads = {
    otel = {
      managed = ["AmazonPrometheusRemoteWriteAccess"]
      in_place = [{
        Effect   = "Allow"
        Action   = ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogGroups", "logs:DescribeLogStreams"]
        Resource = "arn:aws:logs:${local.here}:log-group:/${var.org}/${var.env}/*"
      }]
    }
    external-secrets = {
      managed = []
      in_place = [
        { Effect = "Allow", Action = ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"], Resource = "arn:aws:secretsmanager:${local.here}:secret:${var.org}/${var.env}/*" },
        { Effect = "Allow", Action = "kms:Decrypt", Resource = "*", Condition = local.our_keys },
      ]
    }
    velero = {
      managed = []
      in_place = [
        { Effect = "Allow", Action = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts", "s3:PutObjectTagging"], Resource = ["arn:aws:s3:::${local.name}-${var.account_id}-backups/*"] },
        { Effect = "Allow", Action = ["s3:ListBucket"], Resource = ["arn:aws:s3:::${local.name}-${var.account_id}-backups"] },
        { Effect = "Allow", Action = ["ec2:DescribeVolumes", "ec2:DescribeSnapshots", "ec2:CreateSnapshot", "ec2:CreateVolume", "ec2:CreateTags"], Resource = "*", Condition = local.in_region },
        { Effect = "Allow", Action = "ec2:DeleteSnapshot", Resource = "*", Condition = { StringLike = { "aws:ResourceTag/velero.io/backup" = "*" } } },
        { Effect = "Allow", Action = ["kms:Decrypt", "kms:GenerateDataKey", "kms:CreateGrant"], Resource = "*", Condition = local.our_keys },
      ]
    }
    external-dns = {
      managed = []
      in_place = [
        { Effect = "Allow", Action = ["route53:ListHostedZones", "route53:ListResourceRecordSets", "route53:ListTagsForResources"], Resource = "*" },
        {
          Effect    = "Allow"
          Action    = "route53:ChangeResourceRecordSets"
          Resource  = "arn:aws:route53:::hostedzone/*"
          Condition = { "ForAllValues:StringEquals" = { "route53:ChangeResourceRecordSetsRecordTypes" = ["A", "AAAA", "CNAME", "TXT"] } }
        },
      ]
    }
    cert-manager = {
      managed = []
      in_place = [
        { Effect = "Allow", Action = ["route53:GetChange", "route53:ListHostedZonesByName"], Resource = "*" },
        {
          Effect   = "Allow"
          Action   = ["route53:ChangeResourceRecordSets", "route53:ListResourceRecordSets"]
          Resource = "arn:aws:route53:::hostedzone/*"
          Condition = {
            "ForAllValues:StringEquals" = { "route53:ChangeResourceRecordSetsRecordTypes" = ["TXT"] }
            "ForAllValues:StringLike"   = { "route53:ChangeResourceRecordSetsNormalizedRecordNames" = ["_acme-challenge.*"] }
          }
        },
      ]
    }
    load-balancer-controller = {
      managed = ["AmazonEKSLoadBalancingPolicy"]
      in_place = [
        { Effect = "Allow", Action = ["ec2:Describe*", "elasticloadbalancing:Describe*", "acm:ListCertificates", "acm:DescribeCertificate", "wafv2:GetWebACL*", "wafv2:AssociateWebACL", "wafv2:DisassociateWebACL", "shield:GetSubscriptionState"], Resource = "*" },
      ]
    }
    ebs-csi = { managed = ["service-role/AmazonEBSCSIDriverPolicy"], in_place = [] }
    argocd  = { managed = ["AmazonEC2ContainerRegistryPullOnly"], in_place = [] }

    # The database knows its users by IAM: this role signs in as `orders`, and as nobody else.
    orders = {
      managed = []
      in_place = [
        { Effect = "Allow", Action = "rds-db:connect", Resource = "arn:aws:rds-db:${local.here}:dbuser:*/orders" },
        { Effect = "Allow", Action = ["firehose:PutRecord", "firehose:PutRecordBatch"], Resource = "arn:aws:firehose:${local.here}:deliverystream/${local.name}-events" },
      ]
    }
    search = {
      managed  = []
      in_place = [{ Effect = "Allow", Action = "rds-db:connect", Resource = "arn:aws:rds-db:${local.here}:dbuser:*/search" }]
    }
  }

  workload_policies = merge([
    for role, workload in local.workloads : { for policy in workload.managed : "${role}/${policy}" => { role = role, policy = policy } }
  ]...)
}

resource "aws_iam_role" "workload" {
  for_each = local.workloads

  name                 = "${local.name}-workload-${each.key}"
  path                 = "${local.path}/workload/"
  description          = "Pods of ${each.key}"
  permissions_boundary = var.boundary_arn

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = ["sts:AssumeRole", "sts:TagSession"]
      Principal = { Service = "pods.eks.amazonaws.com" }
      Condition = {
        StringEquals = { "aws:SourceAccount" = var.account_id }
        ArnEquals    = { "aws:SourceArn" = "arn:aws:eks:${local.here}:cluster/${local.name}" }
      }
    }]
  })
}

resource "aws_iam_role_policy_attachment" "workload" {
  for_each = local.workload_policies

  role       = aws_iam_role.workload[each.value.role].name
  policy_arn = "arn:aws:iam::aws:policy/${each.value.policy}"
}

resource "aws_iam_role_policy" "workload" {
  for_each = { for name, workload in local.workloads : name => workload.in_place if length(workload.in_place) > 0 }

  name   = "workload"
  role   = aws_iam_role.workload[each.key].name
  policy = jsonencode({ Version = "2012-10-17", Statement = each.value })
}
