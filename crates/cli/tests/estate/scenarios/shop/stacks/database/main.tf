terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

variable "env" { type = string }
variable "subnet_ids" { type = list(string) }

resource "aws_db_subnet_group" "main" {
  name       = "orders-${var.env}"
  subnet_ids = var.subnet_ids
}

resource "aws_db_instance" "primary" {
  identifier                  = "orders-${var.env}"
  engine                      = "postgres"
  engine_version              = "16.4"
  instance_class              = "db.r6g.large"
  allocated_storage           = 100
  username                    = "orders"
  manage_master_user_password = true
  db_subnet_group_name        = aws_db_subnet_group.main.name
  storage_encrypted           = false
  final_snapshot_identifier   = "orders-${var.env}-last"

  lifecycle {
    create_before_destroy = true
  }
}

output "address" { value = aws_db_instance.primary.address }
