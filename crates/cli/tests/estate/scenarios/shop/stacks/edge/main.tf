terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

variable "region" { type = string }

provider "aws" {
  region = var.region
}

resource "aws_cloudwatch_log_group" "edge" {
  name              = "/edge/${var.region}"
  retention_in_days = 30
}
