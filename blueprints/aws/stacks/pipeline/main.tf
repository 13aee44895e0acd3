# Layer 2: events of the apps, as they come, into a bucket by the hour. Apps write to the stream and see nothing of the bucket.

locals {
  name   = "${var.org}-${var.env}-events"
  bucket = "${var.org}-${var.env}-${var.account_id}-events" # unique in the world
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
    role_arn            = aws_iam_role.delivery.arn
    bucket_arn          = aws_s3_bucket.events.arn
    kms_key_arn         = aws_kms_key.events.arn
    buffering_interval  = 300 # seconds
    buffering_size      = 64  # MiB
    compression_format  = "GZIP"
    prefix              = "raw/!{timestamp:yyyy/MM/dd/HH}/"
    error_output_prefix = "failed/!{firehose:error-output-type}/!{timestamp:yyyy/MM/dd}/"

    cloudwatch_logging_options {
      enabled         = true
      log_group_name  = aws_cloudwatch_log_group.delivery.name
      log_stream_name = aws_cloudwatch_log_stream.delivery.name
    }
  }

  depends_on = [aws_iam_role_policy.delivery]
}

resource "aws_cloudwatch_log_group" "delivery" {
  name              = "/${var.org}/${var.env}/events"
  retention_in_days = 30
  kms_key_id        = aws_kms_key.events.arn
}

resource "aws_cloudwatch_log_stream" "delivery" {
  name           = "delivery"
  log_group_name = aws_cloudwatch_log_group.delivery.name
}
