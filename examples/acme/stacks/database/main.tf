# Layer 2: the orders. Aurora makes, keeps and turns over the password itself, so no state and no plan ever holds it.

locals {
  name = "${var.org}-${var.env}-orders"
}

resource "aws_kms_key" "orders" {
  description             = local.name
  enable_key_rotation     = true
  deletion_window_in_days = 30
  tags                    = { "strata:stack" = "database" }
}

resource "aws_db_subnet_group" "orders" {
  name       = local.name
  subnet_ids = var.subnet_ids
}

# The last snapshot's name is one for each life of the cluster.
resource "random_id" "final_snapshot" {
  byte_length = 4
}

resource "aws_rds_cluster" "orders" {
  cluster_identifier                  = local.name
  engine                              = "aurora-postgresql"
  engine_version                      = "16.8"
  database_name                       = "orders"
  master_username                     = "orders_admin"
  manage_master_user_password         = true
  iam_database_authentication_enabled = true
  storage_encrypted                   = true
  kms_key_id                          = aws_kms_key.orders.arn
  db_subnet_group_name                = aws_db_subnet_group.orders.name
  vpc_security_group_ids              = [var.security_group_id]
  backup_retention_period             = var.backup_days
  copy_tags_to_snapshot               = true
  deletion_protection                 = var.protected
  skip_final_snapshot                 = !var.protected
  final_snapshot_identifier           = "${local.name}-final-${random_id.final_snapshot.hex}"
}

resource "aws_rds_cluster_instance" "orders" {
  count = var.instances

  identifier          = "${local.name}-${count.index}"
  cluster_identifier  = aws_rds_cluster.orders.id
  engine              = aws_rds_cluster.orders.engine
  engine_version      = aws_rds_cluster.orders.engine_version
  instance_class      = var.instance_class
  publicly_accessible = false
}

# Asked again once an instance stands: Aurora's addresses stay as they are, those of an emulator (ministack) come only then.
data "aws_rds_cluster" "orders" {
  cluster_identifier = aws_rds_cluster.orders.cluster_identifier
  depends_on         = [aws_rds_cluster_instance.orders]
}
