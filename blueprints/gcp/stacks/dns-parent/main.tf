# Layer 2, once for the estate: the zone that the environments' zones hang under. The registrar points at its name servers.

resource "google_dns_managed_zone" "parent" {
  name          = replace(var.domain, ".", "-")
  dns_name      = "${var.domain}."
  description   = "Parent of the environments' zones."
  visibility    = "public"
  force_destroy = false

  dnssec_config {
    state         = "on"
    non_existence = "nsec3"
  }

  cloud_logging_config {
    enable_logging = true
  }
}
