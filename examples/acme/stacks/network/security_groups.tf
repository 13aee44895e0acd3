# Who may speak to whom inside the network. Names carry a prefix only, so that a new group can stand beside the old one.

resource "aws_security_group" "nodes" {
  name_prefix = "${local.name}-nodes-"
  description = "The cluster's machines"
  vpc_id      = aws_vpc.main.id
  tags        = { Name = "${local.name}-nodes" }

  egress {
    protocol    = "-1"
    from_port   = 0
    to_port     = 0
    cidr_blocks = ["0.0.0.0/0"]
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_security_group" "database" {
  name_prefix = "${local.name}-database-"
  description = "Databases: from the cluster's machines, and nobody else"
  vpc_id      = aws_vpc.main.id
  tags        = { Name = "${local.name}-database" }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_vpc_security_group_ingress_rule" "database" {
  security_group_id            = aws_security_group.database.id
  description                  = "PostgreSQL from the cluster's machines"
  ip_protocol                  = "tcp"
  from_port                    = 5432
  to_port                      = 5432
  referenced_security_group_id = aws_security_group.nodes.id

  # The old group lets the machines in until its last reader has moved over.
  lifecycle {
    create_before_destroy = true
  }
}
