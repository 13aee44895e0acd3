terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

variable "env" { type = string }

resource "aws_vpc" "main" {
  cidr_block           = "10.0.0.0/16"
  enable_dns_hostnames = true
  tags                 = { env = var.env }
}

resource "aws_subnet" "private" {
  count      = 2
  vpc_id     = aws_vpc.main.id
  cidr_block = "10.0.${count.index}.0/24"
}

resource "aws_security_group" "database" {
  name        = "database"
  description = "PostgreSQL for the subnets"
  vpc_id      = aws_vpc.main.id

  ingress {
    description = "from the subnets"
    protocol    = "tcp"
    from_port   = 5432
    to_port     = 5432
    cidr_blocks = aws_subnet.private[*].cidr_block
  }
}

output "subnet_ids" { value = aws_subnet.private[*].id }
