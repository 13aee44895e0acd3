# Managed infrastructure: the warehouse. Its password is made and kept by the cloud, its limit in units by the hour is a limit in money.

locals {
  name = "${var.org}-${var.env}"
}

resource "aws_kms_key" "warehouse" {
  description             = "${local.name}: the warehouse"
  enable_key_rotation     = true
  deletion_window_in_days = 30
}

resource "aws_kms_alias" "warehouse" {
  name          = "alias/${local.name}-warehouse"
  target_key_id = aws_kms_key.warehouse.key_id
}

resource "aws_redshiftserverless_namespace" "main" {
  namespace_name                   = local.name
  db_name                          = "warehouse"
  admin_username                   = "master"
  manage_admin_password            = true
  admin_password_secret_kms_key_id = aws_kms_key.warehouse.arn
  kms_key_id                       = aws_kms_key.warehouse.arn
  default_iam_role_arn             = var.role_arn
  iam_roles                        = [var.role_arn]
  log_exports                      = ["connectionlog", "userlog", "useractivitylog"]
}

resource "aws_redshiftserverless_workgroup" "main" {
  workgroup_name       = local.name
  namespace_name       = aws_redshiftserverless_namespace.main.namespace_name
  base_capacity        = var.capacity
  max_capacity         = var.capacity * 4
  subnet_ids           = var.subnet_ids
  security_group_ids   = [var.security_group_id]
  publicly_accessible  = false
  enhanced_vpc_routing = true

  config_parameter {
    parameter_key   = "require_ssl"
    parameter_value = "true"
  }

  # Else the cloud's own defaults of the others would be taken for a drift.
  lifecycle {
    ignore_changes = [config_parameter]
  }
}

resource "aws_redshiftserverless_usage_limit" "daily" {
  resource_arn  = aws_redshiftserverless_workgroup.main.arn
  usage_type    = "serverless-compute"
  amount        = var.capacity * var.hours_a_day
  period        = "daily"
  breach_action = "deactivate"
}
