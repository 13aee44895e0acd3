# Managed infrastructure: the environment's zones. What is lost here is lost for all who cache the name servers: zones bear data.

resource "aws_route53_zone" "public" {
  name    = var.domain
  comment = "Names of the environment"
}

# Names inside of the network resolve nowhere else.
resource "aws_route53_zone" "internal" {
  name    = "internal.${var.domain}"
  comment = "Names inside of the network"

  vpc {
    vpc_id = var.network_id
  }
}

resource "aws_route53_record" "delegation" {
  provider = aws.parent

  zone_id = var.parent.zone_id
  name    = var.domain
  type    = "NS"
  ttl     = 3600
  records = aws_route53_zone.public.name_servers
}
