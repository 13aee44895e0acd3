# Layer 2: the environment's zone, delegated by the parent, and a private one for names that only the network sees. Names in use outlive a
# zone that is made anew only if its name servers stay the same, which they do not: a zone bears data.

locals {
  name = replace(var.domain, ".", "-")
}

resource "google_dns_managed_zone" "public" {
  name          = local.name
  dns_name      = "${var.domain}."
  description   = "Public names of ${var.env}."
  visibility    = "public"
  force_destroy = !var.protected

  dnssec_config {
    state         = "on"
    non_existence = "nsec3"
  }

  cloud_logging_config {
    enable_logging = true
  }
}

resource "google_dns_managed_zone" "private" {
  name          = "${local.name}-internal"
  dns_name      = "internal.${var.domain}."
  description   = "Names of ${var.env} that only the network sees."
  visibility    = "private"
  force_destroy = !var.protected

  private_visibility_config {
    networks {
      network_url = var.network_id
    }
  }
}

data "google_dns_keys" "public" {
  managed_zone = google_dns_managed_zone.public.id
}

resource "google_dns_record_set" "delegation" {
  project      = var.parent.project
  managed_zone = var.parent.name
  name         = google_dns_managed_zone.public.dns_name
  type         = "NS"
  ttl          = 3600
  rrdatas      = google_dns_managed_zone.public.name_servers
}

resource "google_dns_record_set" "signature" {
  project      = var.parent.project
  managed_zone = var.parent.name
  name         = google_dns_managed_zone.public.dns_name
  type         = "DS"
  ttl          = 3600
  rrdatas      = [data.google_dns_keys.public.key_signing_keys[0].ds_record]
}

# Only these authorities issue certificates for names below.
resource "google_dns_record_set" "authorities" {
  managed_zone = google_dns_managed_zone.public.name
  name         = google_dns_managed_zone.public.dns_name
  type         = "CAA"
  ttl          = 3600
  rrdatas      = ["0 issue \"pki.goog\"", "0 issue \"letsencrypt.org\"", "0 iodef \"mailto:security@${var.domain}\""]
}
