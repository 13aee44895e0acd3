# The store stands alone: no way in but from runners inside of these addresses, no way out.

resource "aws_vpc" "store" {
  cidr_block           = var.cidr
  enable_dns_hostnames = true
  tags                 = { Name = "${local.name}-store" }
}

resource "aws_subnet" "store" {
  for_each = { a = 0, b = 1 }

  vpc_id            = aws_vpc.store.id
  cidr_block        = cidrsubnet(var.cidr, 1, each.value)
  availability_zone = "${var.region}${each.key}"
  tags              = { Name = "${local.name}-store-${each.key}" }
}

resource "aws_default_security_group" "store" {
  vpc_id = aws_vpc.store.id
}

resource "aws_db_subnet_group" "store" {
  name       = "${local.name}-store"
  subnet_ids = [for subnet in aws_subnet.store : subnet.id]
}

resource "aws_security_group" "store" {
  name        = "${local.name}-store"
  description = "PostgreSQL from runners inside of the store's network"
  vpc_id      = aws_vpc.store.id
  tags        = { Name = "${local.name}-store" }
}

resource "aws_vpc_security_group_ingress_rule" "postgresql" {
  security_group_id = aws_security_group.store.id
  description       = "PostgreSQL from runners"
  ip_protocol       = "tcp"
  from_port         = 5432
  to_port           = 5432
  cidr_ipv4         = var.cidr
}
