# Private service access: managed databases get addresses of this range, in a network of Google's that is peered with ours.

resource "google_compute_global_address" "services" {
  name          = "${local.name}-services"
  network       = google_compute_network.this.id
  purpose       = "VPC_PEERING"
  address_type  = "INTERNAL"
  address       = split("/", var.ranges.services_range)[0]
  prefix_length = tonumber(split("/", var.ranges.services_range)[1])
}

resource "google_service_networking_connection" "services" {
  network                 = google_compute_network.this.id
  service                 = "servicenetworking.googleapis.com"
  reserved_peering_ranges = [google_compute_global_address.services.name]
}

# Google's own services answer at an address that stays within Google's network, so that the firewall can name it.
resource "google_dns_managed_zone" "googleapis" {
  name        = "${local.name}-googleapis"
  dns_name    = "googleapis.com."
  description = "Google's services by their private address."
  visibility  = "private"

  private_visibility_config {
    networks {
      network_url = google_compute_network.this.id
    }
  }
}

resource "google_dns_record_set" "private" {
  managed_zone = google_dns_managed_zone.googleapis.name
  name         = "private.googleapis.com."
  type         = "A"
  ttl          = 300
  rrdatas      = ["199.36.153.8", "199.36.153.9", "199.36.153.10", "199.36.153.11"]
}

resource "google_dns_record_set" "all" {
  managed_zone = google_dns_managed_zone.googleapis.name
  name         = "*.googleapis.com."
  type         = "CNAME"
  ttl          = 300
  rrdatas      = [google_dns_record_set.private.name]
}

# Who asked for which name: what leaves by DNS leaves a trace.
resource "google_dns_policy" "this" {
  name           = local.name
  enable_logging = true

  networks {
    network_url = google_compute_network.this.id
  }
}
