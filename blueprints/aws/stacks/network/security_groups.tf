# Who may speak to whom inside the network. Names carry a prefix only, so that a new group can stand beside the old one.

locals {
  groups = {
    nodes     = "The cluster's machines"
    machines  = "Machines outside of the cluster"
    database  = "Databases: from the cluster's machines, and nobody else"
    warehouse = "The warehouse: from machines, and nobody else"
    endpoints = "Services of AWS inside of the network"
  }

  # Who is let in, from which group, to which port.
  ways = {
    database-nodes     = { to = "database", from = "nodes", port = 5432, why = "PostgreSQL from the cluster" }
    warehouse-nodes    = { to = "warehouse", from = "nodes", port = 5439, why = "Redshift from the cluster" }
    warehouse-machines = { to = "warehouse", from = "machines", port = 5439, why = "Redshift from machines" }
  }
}

# The group that things get when nobody names one lets nothing in and nothing out.
resource "aws_default_security_group" "closed" {
  vpc_id = aws_vpc.main.id
  tags   = { Name = "${local.name}-closed" }
}

resource "aws_security_group" "group" {
  for_each = local.groups

  name_prefix = "${local.name}-${each.key}-"
  description = each.value
  vpc_id      = aws_vpc.main.id
  tags        = { Name = "${local.name}-${each.key}" }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_vpc_security_group_ingress_rule" "way" {
  for_each = local.ways

  security_group_id            = aws_security_group.group[each.value.to].id
  referenced_security_group_id = aws_security_group.group[each.value.from].id
  description                  = each.value.why
  ip_protocol                  = "tcp"
  from_port                    = each.value.port
  to_port                      = each.value.port

  # The old group lets in until its last reader has moved over.
  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_vpc_security_group_ingress_rule" "endpoints" {
  security_group_id = aws_security_group.group["endpoints"].id
  description       = "TLS from the network"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
  cidr_ipv4         = var.cidr
}

# Machines of the cluster speak with each other; which pods may, network policies say.
resource "aws_vpc_security_group_ingress_rule" "nodes" {
  security_group_id            = aws_security_group.group["nodes"].id
  referenced_security_group_id = aws_security_group.group["nodes"].id
  description                  = "Each other"
  ip_protocol                  = "-1"
}

resource "aws_vpc_security_group_egress_rule" "out" {
  for_each = toset(["nodes", "machines"])

  security_group_id = aws_security_group.group[each.key].id
  description       = "Out, by NAT"
  ip_protocol       = "-1"
  cidr_ipv4         = "0.0.0.0/0"
}
