# Layer 2: one network. Private subnets for databases and machines, public ones for load balancers and NAT alone.

locals {
  name = "${var.org}-${var.env}"

  private       = cidrsubnet(var.cidr, 2, var.private_block)
  control_plane = cidrsubnet(var.cidr, 2, 2)
  public        = cidrsubnet(var.cidr, 2, 3)
  zones         = { for index, zone in var.zones : zone => index }
  nat           = var.nat == "each" ? toset(var.zones) : toset([var.zones[0]])
}

resource "aws_vpc" "main" {
  cidr_block           = var.cidr
  enable_dns_support   = true
  enable_dns_hostnames = true
  tags                 = { Name = local.name }
}

# What stands in these subnets belongs to upper stacks: a new one is made before the old one goes.
resource "aws_subnet" "private" {
  for_each = local.zones

  vpc_id            = aws_vpc.main.id
  cidr_block        = cidrsubnet(local.private, 2, each.value)
  availability_zone = "${var.region}${each.key}"
  tags              = { Name = "${local.name}-private-${each.key}", "kubernetes.io/role/internal-elb" = "1" }

  lifecycle {
    create_before_destroy = true
  }
}

# The control plane's own interfaces stand apart: a cluster cannot be moved, so these are never renumbered.
resource "aws_subnet" "control_plane" {
  for_each = local.zones

  vpc_id            = aws_vpc.main.id
  cidr_block        = cidrsubnet(local.control_plane, 28 - tonumber(split("/", local.control_plane)[1]), each.value)
  availability_zone = "${var.region}${each.key}"
  tags              = { Name = "${local.name}-control-plane-${each.key}" }
}

resource "aws_subnet" "public" {
  for_each = local.zones

  vpc_id            = aws_vpc.main.id
  cidr_block        = cidrsubnet(local.public, 2, each.value)
  availability_zone = "${var.region}${each.key}"
  tags              = { Name = "${local.name}-public-${each.key}", "kubernetes.io/role/elb" = "1" }
}
