terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

variable "cluster" { type = string }
variable "database" { type = string }

resource "aws_cloudwatch_log_group" "orders" {
  name              = "/${var.cluster}/orders"
  retention_in_days = 30
  tags              = { database = var.database }
}
