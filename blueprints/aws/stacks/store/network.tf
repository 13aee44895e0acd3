# No way out and no way in from the internet: runners stand in this network, or in one that is peered with it.

resource "aws_vpc" "store" {
  cidr_block           = var.cidr
  enable_dns_hostnames = true
  tags                 = { Name = local.name }
}

resource "aws_default_security_group" "closed" {
  vpc_id = aws_vpc.store.id
  tags   = { Name = "${local.name}-closed" }
}

resource "aws_subnet" "store" {
  for_each = local.zones

  vpc_id            = aws_vpc.store.id
  cidr_block        = cidrsubnet(var.cidr, 2, each.value)
  availability_zone = "${var.region}${each.key}"
  tags              = { Name = "${local.name}-${each.key}" }
}

resource "aws_security_group" "runners" {
  name        = "${local.name}-runners"
  description = "CI runners that work on the store"
  vpc_id      = aws_vpc.store.id
}

resource "aws_security_group" "store" {
  name        = local.name
  description = "The store: from its runners, and nobody else"
  vpc_id      = aws_vpc.store.id
}

resource "aws_vpc_security_group_ingress_rule" "store" {
  security_group_id            = aws_security_group.store.id
  description                  = "PostgreSQL from runners"
  ip_protocol                  = "tcp"
  from_port                    = 5432
  to_port                      = 5432
  referenced_security_group_id = aws_security_group.runners.id
}

resource "aws_vpc_security_group_egress_rule" "runners" {
  security_group_id            = aws_security_group.runners.id
  description                  = "PostgreSQL of the store"
  ip_protocol                  = "tcp"
  from_port                    = 5432
  to_port                      = 5432
  referenced_security_group_id = aws_security_group.store.id
}
