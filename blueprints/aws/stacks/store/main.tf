# Layer 0, made once, by two people together: where states, plans, approvals and the audit trail are kept.

locals {
  name = "${var.org}-${var.env}"
}

resource "aws_kms_key" "store" {
  description             = "${local.name}: the estate's store"
  enable_key_rotation     = true
  deletion_window_in_days = 30
}

resource "aws_kms_alias" "store" {
  name          = "alias/${local.name}-store"
  target_key_id = aws_kms_key.store.key_id
}

resource "aws_db_parameter_group" "store" {
  name   = "${local.name}-strata"
  family = "postgres17"

  parameter {
    name  = "rds.force_ssl"
    value = "1"
  }

  parameter {
    name  = "log_connections"
    value = "1"
  }
}

resource "aws_db_instance" "store" {
  identifier                          = "${local.name}-strata"
  engine                              = "postgres"
  engine_version                      = "17.5"
  instance_class                      = "db.t4g.small"
  allocated_storage                   = 20
  max_allocated_storage               = 100
  storage_type                        = "gp3"
  storage_encrypted                   = true
  kms_key_id                          = aws_kms_key.store.arn
  db_name                             = "strata"
  username                            = "strata"
  manage_master_user_password         = true
  master_user_secret_kms_key_id       = aws_kms_key.store.key_id
  iam_database_authentication_enabled = true
  parameter_group_name                = aws_db_parameter_group.store.name
  db_subnet_group_name                = aws_db_subnet_group.store.name
  vpc_security_group_ids              = [aws_security_group.store.id]
  multi_az                            = true
  publicly_accessible                 = false
  deletion_protection                 = true
  backup_retention_period             = 35
  copy_tags_to_snapshot               = true
  skip_final_snapshot                 = false
  final_snapshot_identifier           = "${local.name}-strata-final"
  auto_minor_version_upgrade          = true
  enabled_cloudwatch_logs_exports     = ["postgresql"]
  performance_insights_enabled        = true
  performance_insights_kms_key_id     = aws_kms_key.store.arn

  lifecycle {
    prevent_destroy = true
  }
}
