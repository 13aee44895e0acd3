# Managed infrastructure: the network. Three zones; machines and pods in private subnets, databases and the control plane in subnets without any way
# out, and in the public ones load balancers and NAT alone.

locals {
  name = "${var.org}-${var.env}"

  private  = cidrsubnet(var.cidr, 1, 0)
  isolated = cidrsubnet(var.cidr, 2, 2)
  public   = cidrsubnet(var.cidr, 2, 3)
  zones    = { for index, zone in var.zones : zone => index }
  nat      = var.nat == "each" ? toset(var.zones) : toset([var.zones[0]])
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

resource "aws_subnet" "database" {
  for_each = local.zones

  vpc_id            = aws_vpc.main.id
  cidr_block        = cidrsubnet(local.isolated, 3, each.value)
  availability_zone = "${var.region}${each.key}"
  tags              = { Name = "${local.name}-database-${each.key}" }
}

# The control plane's own interfaces stand apart: a cluster cannot be moved, so these are never renumbered.
resource "aws_subnet" "control_plane" {
  for_each = local.zones

  vpc_id            = aws_vpc.main.id
  cidr_block        = cidrsubnet(local.isolated, 3, 4 + each.value)
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
