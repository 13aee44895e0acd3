# Managed infrastructure: the datastore. Aurora makes, keeps and turns over its password itself, and apps sign in by IAM, so no state and no plan ever
# holds a password.

locals {
  name = "${var.org}-${var.env}-main"
}

resource "aws_kms_key" "main" {
  description             = "${local.name}: databases, their backups, secrets of apps"
  enable_key_rotation     = true
  deletion_window_in_days = 30
}

resource "aws_kms_alias" "main" {
  name          = "alias/${local.name}"
  target_key_id = aws_kms_key.main.key_id
}

resource "aws_db_subnet_group" "main" {
  name       = local.name
  subnet_ids = var.subnet_ids
}

resource "aws_rds_cluster_parameter_group" "main" {
  name        = local.name
  family      = "aurora-postgresql16"
  description = "TLS for everybody; who connects, and what changes tables, is logged"

  parameter {
    name  = "rds.force_ssl"
    value = "1"
  }

  parameter {
    name  = "log_statement"
    value = "ddl"
  }

  parameter {
    name  = "log_connections"
    value = "1"
  }
}

resource "aws_rds_cluster" "main" {
  cluster_identifier                  = local.name
  engine                              = "aurora-postgresql"
  engine_version                      = "16.8"
  database_name                       = "shop"
  master_username                     = "master"
  manage_master_user_password         = true
  master_user_secret_kms_key_id       = aws_kms_key.main.arn
  iam_database_authentication_enabled = true
  storage_encrypted                   = true
  kms_key_id                          = aws_kms_key.main.arn
  db_subnet_group_name                = aws_db_subnet_group.main.name
  db_cluster_parameter_group_name     = aws_rds_cluster_parameter_group.main.name
  vpc_security_group_ids              = [var.security_group_id]
  enabled_cloudwatch_logs_exports     = ["postgresql"]
  backup_retention_period             = var.backup_days
  preferred_backup_window             = "01:00-02:00"
  preferred_maintenance_window        = "sun:03:00-sun:04:00"
  copy_tags_to_snapshot               = true
  deletion_protection                 = var.protected
  delete_automated_backups            = !var.protected
  skip_final_snapshot                 = !var.protected
  final_snapshot_identifier           = "${local.name}-final"

  # The cloud raises minor versions in the maintenance window.
  lifecycle {
    ignore_changes = [engine_version]
  }
}

resource "aws_rds_cluster_instance" "main" {
  count = var.instances

  identifier                      = "${local.name}-${count.index}"
  cluster_identifier              = aws_rds_cluster.main.id
  engine                          = aws_rds_cluster.main.engine
  instance_class                  = var.instance_class
  publicly_accessible             = false
  promotion_tier                  = count.index
  auto_minor_version_upgrade      = true
  monitoring_interval             = 60
  monitoring_role_arn             = var.monitoring_role_arn
  performance_insights_enabled    = true
  performance_insights_kms_key_id = aws_kms_key.main.arn
}
