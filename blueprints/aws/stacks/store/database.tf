resource "aws_db_subnet_group" "store" {
  name       = local.name
  subnet_ids = [for zone in var.zones : aws_subnet.store[zone].id]
}

resource "aws_db_parameter_group" "store" {
  name        = local.name
  family      = "postgres16"
  description = "The store: TLS for everybody"

  parameter {
    name  = "rds.force_ssl"
    value = "1"
  }
}

resource "aws_db_instance" "store" {
  identifier                          = local.name
  engine                              = "postgres"
  engine_version                      = "16"
  instance_class                      = "db.t4g.medium"
  allocated_storage                   = 20
  max_allocated_storage               = 200
  storage_type                        = "gp3"
  storage_encrypted                   = true
  kms_key_id                          = aws_kms_key.store.arn
  db_name                             = "strata"
  username                            = "strata"
  manage_master_user_password         = true
  master_user_secret_kms_key_id       = aws_kms_key.store.arn
  iam_database_authentication_enabled = true
  db_subnet_group_name                = aws_db_subnet_group.store.name
  parameter_group_name                = aws_db_parameter_group.store.name
  vpc_security_group_ids              = [aws_security_group.store.id]
  publicly_accessible                 = false
  multi_az                            = true
  deletion_protection                 = true
  delete_automated_backups            = false
  backup_retention_period             = 35
  copy_tags_to_snapshot               = true
  skip_final_snapshot                 = false
  final_snapshot_identifier           = "${local.name}-final"
  enabled_cloudwatch_logs_exports     = ["postgresql", "upgrade"]
  performance_insights_enabled        = true
  performance_insights_kms_key_id     = aws_kms_key.store.arn
}
