# Managed infrastructure: events. Apps put records into the stream, which writes them as Parquet into a bucket, by day and hour; the catalogue's table
# says what columns they have, for the warehouse to read.

locals {
  name = "${var.org}-${var.env}-events"
}

resource "aws_kms_key" "events" {
  description             = "${local.name}: events and the stream's own log"
  enable_key_rotation     = true
  deletion_window_in_days = 30

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Sid = "Account", Effect = "Allow", Principal = { AWS = "arn:aws:iam::${var.account_id}:root" }, Action = "kms:*", Resource = "*" },
      {
        Sid       = "Logs"
        Effect    = "Allow"
        Principal = { Service = "logs.${var.region}.amazonaws.com" }
        Action    = ["kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"]
        Resource  = "*"
        Condition = { ArnLike = { "kms:EncryptionContext:aws:logs:arn" = "arn:aws:logs:${var.region}:${var.account_id}:log-group:/${var.org}/${var.env}/pipeline*" } }
      },
    ]
  })
}

resource "aws_kms_alias" "events" {
  name          = "alias/${local.name}"
  target_key_id = aws_kms_key.events.key_id
}

resource "aws_cloudwatch_log_group" "stream" {
  name              = "/${var.org}/${var.env}/pipeline"
  retention_in_days = 30
  kms_key_id        = aws_kms_key.events.arn
}

resource "aws_cloudwatch_log_stream" "delivery" {
  name           = "delivery"
  log_group_name = aws_cloudwatch_log_group.stream.name
}

resource "aws_kinesis_firehose_delivery_stream" "events" {
  name        = local.name
  destination = "extended_s3"

  server_side_encryption {
    enabled  = true
    key_type = "CUSTOMER_MANAGED_CMK"
    key_arn  = aws_kms_key.events.arn
  }

  extended_s3_configuration {
    role_arn            = var.delivery_role_arn
    bucket_arn          = aws_s3_bucket.events.arn
    kms_key_arn         = aws_kms_key.events.arn
    buffering_size      = 64 # MiB: the least that Parquet takes
    buffering_interval  = 300
    prefix              = "events/day=!{timestamp:yyyy-MM-dd}/hour=!{timestamp:HH}/"
    error_output_prefix = "errors/!{firehose:error-output-type}/day=!{timestamp:yyyy-MM-dd}/"

    cloudwatch_logging_options {
      enabled         = true
      log_group_name  = aws_cloudwatch_log_group.stream.name
      log_stream_name = aws_cloudwatch_log_stream.delivery.name
    }

    data_format_conversion_configuration {
      input_format_configuration {
        deserializer {
          open_x_json_ser_de {}
        }
      }

      output_format_configuration {
        serializer {
          parquet_ser_de {}
        }
      }

      schema_configuration {
        role_arn      = var.delivery_role_arn
        database_name = aws_glue_catalog_database.events.name
        table_name    = aws_glue_catalog_table.events.name
        region        = var.region
      }
    }
  }
}
