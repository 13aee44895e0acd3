# The store of states, plans, approvals and the audit trail: PostgreSQL in a network of its own, and a bucket for its backups.

resource "aws_kms_key" "store" {
  description             = "${local.name}: the estate's store and its backups"
  enable_key_rotation     = true
  deletion_window_in_days = 30
}

resource "aws_kms_alias" "store" {
  name          = "alias/${local.name}-store"
  target_key_id = aws_kms_key.store.key_id
}

resource "aws_vpc" "store" {
  cidr_block           = var.store_cidr
  enable_dns_hostnames = true
  tags                 = { Name = "${local.name}-store" }
}

resource "aws_subnet" "store" {
  for_each = { a = 0, b = 1 }

  vpc_id            = aws_vpc.store.id
  cidr_block        = cidrsubnet(var.store_cidr, 1, each.value)
  availability_zone = "${var.region}${each.key}"
  tags              = { Name = "${local.name}-store-${each.key}" }
}

resource "aws_db_subnet_group" "store" {
  name       = "${local.name}-store"
  subnet_ids = [for subnet in aws_subnet.store : subnet.id]
}

resource "aws_security_group" "store" {
  name        = "${local.name}-store"
  description = "PostgreSQL from the runners inside the store's network"
  vpc_id      = aws_vpc.store.id

  ingress {
    description = "PostgreSQL"
    protocol    = "tcp"
    from_port   = 5432
    to_port     = 5432
    cidr_blocks = [var.store_cidr]
  }
}

resource "aws_db_instance" "store" {
  identifier                          = "${local.name}-strata"
  engine                              = "postgres"
  engine_version                      = "16"
  instance_class                      = "db.t4g.small"
  allocated_storage                   = 20
  storage_encrypted                   = true
  kms_key_id                          = aws_kms_key.store.arn
  db_name                             = "strata"
  username                            = "strata"
  manage_master_user_password         = true
  iam_database_authentication_enabled = true
  db_subnet_group_name                = aws_db_subnet_group.store.name
  vpc_security_group_ids              = [aws_security_group.store.id]
  multi_az                            = var.protected
  deletion_protection                 = var.protected
  backup_retention_period             = 14
  copy_tags_to_snapshot               = true
  skip_final_snapshot                 = !var.protected
  final_snapshot_identifier           = "${local.name}-strata-final"
}

resource "aws_s3_bucket" "backups" {
  bucket = "${local.name}-${var.account_id}-strata-backups"
}

resource "aws_s3_bucket_versioning" "backups" {
  bucket = aws_s3_bucket.backups.id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "backups" {
  bucket = aws_s3_bucket.backups.id

  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.store.arn
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
