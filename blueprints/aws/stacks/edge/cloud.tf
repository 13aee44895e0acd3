# The zone is Route 53's; the certificate at the edge is ACM's, which renews it as long as its record stands.

variable "region" {
  description = "Region of the environment."
  type        = string
}

variable "zone_id" {
  description = "The environment's zone."
  type        = string
}

locals {
  identity_annotations = { "external-dns" = {}, "cert-manager" = {} } # both come with their Pod Identity
  identity_labels      = {}
  dns_provider         = { provider = { name = "aws" }, env = [{ name = "AWS_DEFAULT_REGION", value = var.region }] }
  solver               = { route53 = { region = var.region, hostedZoneID = var.zone_id } }
  certificate          = aws_acm_certificate_validation.edge.certificate_arn

  # The zone and what is below it are proved by one and the same record.
  proof = tolist(aws_acm_certificate.edge.domain_validation_options)[0]
}

resource "aws_acm_certificate" "edge" {
  domain_name               = local.domain
  subject_alternative_names = ["*.${local.domain}"]
  validation_method         = "DNS"

  lifecycle {
    create_before_destroy = true # the load balancer is never without one
  }
}

resource "aws_route53_record" "proof" {
  zone_id         = var.zone_id
  name            = local.proof.resource_record_name
  type            = local.proof.resource_record_type
  records         = [local.proof.resource_record_value]
  ttl             = 300
  allow_overwrite = true # a new certificate for the same name asks for the same record
}

resource "aws_acm_certificate_validation" "edge" {
  certificate_arn         = aws_acm_certificate.edge.arn
  validation_record_fqdns = [aws_route53_record.proof.fqdn]
}
