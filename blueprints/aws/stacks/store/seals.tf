# Seals of the audit trail: written once, kept in compliance mode, so that not even the account's root takes one away.

resource "aws_s3_bucket" "seals" {
  bucket              = "${local.name}-seals-${var.account_id}"
  object_lock_enabled = true
}

resource "aws_s3_bucket_versioning" "seals" {
  bucket = aws_s3_bucket.seals.id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_object_lock_configuration" "seals" {
  bucket = aws_s3_bucket.seals.id

  rule {
    default_retention {
      mode  = "COMPLIANCE"
      years = var.seal_years
    }
  }

  depends_on = [aws_s3_bucket_versioning.seals]
}

resource "aws_s3_bucket_server_side_encryption_configuration" "seals" {
  bucket = aws_s3_bucket.seals.id

  rule {
    bucket_key_enabled = true

    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.store.arn
    }
  }
}

resource "aws_s3_bucket_ownership_controls" "seals" {
  bucket = aws_s3_bucket.seals.id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_public_access_block" "seals" {
  bucket                  = aws_s3_bucket.seals.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_policy" "seals" {
  bucket = aws_s3_bucket.seals.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "OnlyTls"
      Effect    = "Deny"
      Principal = "*"
      Action    = "s3:*"
      Resource  = [aws_s3_bucket.seals.arn, "${aws_s3_bucket.seals.arn}/*"]
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }]
  })

  depends_on = [aws_s3_bucket_public_access_block.seals]
}
