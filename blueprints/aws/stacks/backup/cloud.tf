# Where backups are: a bucket whose objects nobody can remove before their time, under a key of its own. Velero comes with its Pod
# Identity, which may write this bucket by its name.

variable "region" {
  description = "Region of the environment."
  type        = string
}

variable "account_id" {
  description = "The environment's account: part of the bucket's name, which is unique in the world."
  type        = string
}

locals {
  location             = "s3://${aws_s3_bucket.backups.bucket}"
  identity_annotations = {}
  identity_labels      = {}

  plugin = { name = "velero-plugin-for-aws", image = "velero/velero-plugin-for-aws:v1.13.1" }

  backup_location = {
    provider = "aws"
    bucket   = aws_s3_bucket_object_lock_configuration.backups.bucket # not before it locks
    config   = { region = var.region, kmsKeyId = aws_kms_key.backups.arn, checksumAlgorithm = "CRC32" }
  }

  snapshot_location = { provider = "aws", config = { region = var.region } }
}

resource "aws_kms_key" "backups" {
  description             = "${var.org}-${var.env}-backups"
  enable_key_rotation     = true
  deletion_window_in_days = 30
}

# Policies know the key by this name.
resource "aws_kms_alias" "backups" {
  name          = "alias/${var.org}-${var.env}-backups"
  target_key_id = aws_kms_key.backups.key_id
}

resource "aws_s3_bucket" "backups" {
  bucket              = "${var.org}-${var.env}-${var.account_id}-backups"
  object_lock_enabled = true
  force_destroy       = false
}

resource "aws_s3_bucket_versioning" "backups" {
  bucket = aws_s3_bucket.backups.id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_object_lock_configuration" "backups" {
  bucket = aws_s3_bucket_versioning.backups.bucket

  rule {
    default_retention {
      mode = "GOVERNANCE"
      days = var.keep_days
    }
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "backups" {
  bucket = aws_s3_bucket.backups.id

  rule {
    bucket_key_enabled = true

    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.backups.arn
    }
  }
}

resource "aws_s3_bucket_public_access_block" "backups" {
  bucket                  = aws_s3_bucket.backups.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

# What Velero has let go of is gone once nothing holds it any more.
resource "aws_s3_bucket_lifecycle_configuration" "backups" {
  bucket = aws_s3_bucket_versioning.backups.bucket

  rule {
    id     = "released"
    status = "Enabled"

    filter {}

    noncurrent_version_expiration {
      noncurrent_days = var.keep_days
    }

    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }
  }
}

resource "aws_s3_bucket_policy" "backups" {
  bucket = aws_s3_bucket_public_access_block.backups.bucket

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "OnlyOverTLS"
      Effect    = "Deny"
      Principal = "*"
      Action    = "s3:*"
      Resource  = [aws_s3_bucket.backups.arn, "${aws_s3_bucket.backups.arn}/*"]
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }]
  })
}
