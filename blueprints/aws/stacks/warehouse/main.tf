# Layer 2: the warehouse. Serverless, private, under a key of its own; Redshift makes and turns over the administrator's password itself, and
# people and jobs come by IAM.

locals {
  name = "${var.org}-${var.env}-warehouse"
}

resource "aws_kms_key" "warehouse" {
  description             = local.name
  enable_key_rotation     = true
  deletion_window_in_days = 30
}

resource "aws_redshiftserverless_namespace" "this" {
  namespace_name                   = local.name
  db_name                          = "events"
  kms_key_id                       = aws_kms_key.warehouse.arn
  manage_admin_password            = true
  admin_password_secret_kms_key_id = aws_kms_key.warehouse.arn
  iam_roles                        = [aws_iam_role.reader.arn]
  default_iam_role_arn             = aws_iam_role.reader.arn
  log_exports                      = ["connectionlog", "userlog", "useractivitylog"]
}

resource "aws_redshiftserverless_workgroup" "this" {
  workgroup_name       = local.name
  namespace_name       = aws_redshiftserverless_namespace.this.namespace_name
  base_capacity        = var.capacity.base
  max_capacity         = var.capacity.max
  subnet_ids           = var.network.subnet_ids
  security_group_ids   = [aws_security_group.warehouse.id]
  publicly_accessible  = false
  enhanced_vpc_routing = true # what it copies goes through the network, where it is seen

  config_parameter {
    parameter_key   = "require_ssl"
    parameter_value = "true"
  }
}

resource "aws_redshiftserverless_usage_limit" "compute" {
  resource_arn  = aws_redshiftserverless_workgroup.this.arn
  usage_type    = "serverless-compute"
  period        = "monthly"
  amount        = var.hours_a_month
  breach_action = var.protected ? "log" : "deactivate"
}

resource "aws_security_group" "warehouse" {
  name        = local.name
  description = "The warehouse: queries from the network"
  vpc_id      = var.network.id
}

resource "aws_vpc_security_group_ingress_rule" "queries" {
  security_group_id = aws_security_group.warehouse.id
  description       = "Queries"
  cidr_ipv4         = var.network_cidr
  ip_protocol       = "tcp"
  from_port         = 5439
  to_port           = 5439
}

resource "aws_vpc_security_group_egress_rule" "storage" {
  security_group_id = aws_security_group.warehouse.id
  description       = "The bucket of raw events, and the catalogue"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}
