terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

variable "cluster" { type = string }

resource "aws_cloudwatch_log_group" "search" {
  name              = "/${var.cluster}/search"
  retention_in_days = 30
}
