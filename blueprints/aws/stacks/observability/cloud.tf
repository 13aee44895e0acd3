# Where logs and metrics go: CloudWatch and managed Prometheus, both under a key of ours. The collector comes with its Pod Identity.

variable "region" {
  description = "Region of the environment."
  type        = string
}

variable "account_id" {
  description = "The environment's account."
  type        = string
}

locals {
  name      = "${var.org}-${var.env}"
  log_group = "/${var.org}/${var.env}/containers"

  identity_annotations = {}
  identity_labels      = {}
  collector_env        = [{ name = "AWS_REGION", value = var.region }]

  collector_extensions = { "sigv4auth" = { region = var.region, service = "aps" } }

  exporters = {
    awscloudwatchlogs = {
      region          = var.region
      log_group_name  = aws_cloudwatch_log_group.containers.name
      log_stream_name = var.cluster_name
    }

    prometheusremotewrite = {
      endpoint = "${aws_prometheus_workspace.main.prometheus_endpoint}api/v1/remote_write"
      auth     = { authenticator = "sigv4auth" }
    }
  }

  log_exporters    = ["awscloudwatchlogs"]
  metric_exporters = ["prometheusremotewrite"]
}

# CloudWatch may use the key for this environment's log groups and for nothing else.
resource "aws_kms_key" "telemetry" {
  description             = "${local.name}-telemetry"
  enable_key_rotation     = true
  deletion_window_in_days = 30

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "Account"
        Effect    = "Allow"
        Principal = { AWS = "arn:aws:iam::${var.account_id}:root" }
        Action    = "kms:*"
        Resource  = "*"
      },
      {
        Sid       = "Logs"
        Effect    = "Allow"
        Principal = { Service = "logs.${var.region}.amazonaws.com" }
        Action    = ["kms:Decrypt", "kms:Describe*", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"]
        Resource  = "*"
        Condition = { ArnLike = { "kms:EncryptionContext:aws:logs:arn" = "arn:aws:logs:${var.region}:${var.account_id}:log-group:/${var.org}/${var.env}/*" } }
      },
    ]
  })
}

resource "aws_kms_alias" "telemetry" {
  name          = "alias/${local.name}-telemetry"
  target_key_id = aws_kms_key.telemetry.key_id
}

resource "aws_cloudwatch_log_group" "containers" {
  name              = local.log_group
  retention_in_days = var.retention_days
  kms_key_id        = aws_kms_key.telemetry.arn
}

resource "aws_prometheus_workspace" "main" {
  alias       = local.name
  kms_key_arn = aws_kms_key.telemetry.arn
}
