# The zone is Cloud DNS's; the certificate at the edge is Certificate Manager's, which renews it as long as its record stands.

variable "project" {
  description = "The environment's project."
  type        = string
}

variable "managed_zone" {
  description = "Name of the environment's zone in Cloud DNS."
  type        = string
}

locals {
  name = "${var.org}-${var.env}-edge"

  identity_annotations = { "external-dns" = {}, "cert-manager" = {} } # the service accounts themselves are the principals
  identity_labels      = {}
  dns_provider         = { provider = { name = "google" }, extraArgs = ["--google-project=${var.project}"] }
  solver               = { cloudDNS = { project = var.project, hostedZoneName = var.managed_zone } }
  certificate          = google_certificate_manager_certificate_map_entry.edge.map # with something in it
  proof                = google_certificate_manager_dns_authorization.edge.dns_resource_record[0]
}

resource "google_certificate_manager_dns_authorization" "edge" {
  name   = local.name
  domain = local.domain
}

resource "google_dns_record_set" "proof" {
  managed_zone = var.managed_zone
  name         = local.proof.name
  type         = local.proof.type
  rrdatas      = [local.proof.data]
  ttl          = 300
}

resource "google_certificate_manager_certificate" "edge" {
  name = local.name

  managed {
    domains            = [local.domain, "*.${local.domain}"]
    dns_authorizations = [google_certificate_manager_dns_authorization.edge.id]
  }

  depends_on = [google_dns_record_set.proof]
}

resource "google_certificate_manager_certificate_map" "edge" {
  name = local.name
}

resource "google_certificate_manager_certificate_map_entry" "edge" {
  name         = local.name
  map          = google_certificate_manager_certificate_map.edge.name
  certificates = [google_certificate_manager_certificate.edge.id]
  hostname     = "*.${local.domain}"
}
