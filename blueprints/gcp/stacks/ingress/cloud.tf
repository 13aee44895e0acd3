# Behind the gateway stands a global application load balancer that GKE makes, on an address of ours, with the certificates of a map of
# Certificate Manager.

variable "certificate_map" {
  description = "The map of certificates."
  type        = string
}

locals {
  name = "${var.org}-${var.env}-gateway"

  # The load balancer's front ends, and its health checks.
  gateway_sources = { cidrs = ["35.191.0.0/16", "130.211.0.0/22"], namespaces = [] }

  gateway = {
    class       = "gke-l7-global-external-managed"
    annotations = { "networking.gke.io/certmap" = var.certificate_map }
    addresses   = [{ type = "NamedAddress", value = google_compute_global_address.gateway.name }]
    ssl_policy  = google_compute_ssl_policy.gateway.name
  }
}

# Names point to it and other people's firewalls know it: it outlives the load balancer.
resource "google_compute_global_address" "gateway" {
  name = local.name
}

resource "google_compute_ssl_policy" "gateway" {
  name            = local.name
  profile         = "RESTRICTED"
  min_tls_version = "TLS_1_2"
}
