# Layer 2: one network of our own in one region. A regional subnet reaches through all three zones, so there is one for the machines, with
# ranges for pods and services beside it. Nothing in it has an address that the internet can reach.

locals {
  name = "${var.org}-${var.env}"
}

resource "google_compute_network" "this" {
  name                                      = local.name
  auto_create_subnetworks                   = false
  delete_default_routes_on_create           = false # the way out is NAT; the firewall says who may take it
  routing_mode                              = "REGIONAL"
  network_firewall_policy_enforcement_order = "BEFORE_CLASSIC_FIREWALL"
}

resource "google_compute_subnetwork" "nodes" {
  name                     = "${local.name}-nodes"
  network                  = google_compute_network.this.id
  region                   = var.region
  ip_cidr_range            = var.ranges.nodes
  private_ip_google_access = true
  stack_type               = "IPV4_ONLY"

  secondary_ip_range {
    range_name    = "pods"
    ip_cidr_range = var.ranges.pods
  }

  secondary_ip_range {
    range_name    = "services"
    ip_cidr_range = var.ranges.services
  }

  log_config {
    aggregation_interval = "INTERVAL_5_SEC"
    flow_sampling        = 0.5
    metadata             = "INCLUDE_ALL_METADATA"
  }
}

# Where the proxies of regional load balancers stand, which a Gateway makes.
resource "google_compute_subnetwork" "proxies" {
  name          = "${local.name}-proxies"
  network       = google_compute_network.this.id
  region        = var.region
  ip_cidr_range = var.ranges.proxies
  purpose       = "REGIONAL_MANAGED_PROXY"
  role          = "ACTIVE"
}

resource "google_compute_router" "this" {
  name    = local.name
  network = google_compute_network.this.id
  region  = var.region
}

# Addresses of our own, so that partners can let us in by them.
resource "google_compute_address" "nat" {
  count = var.nat_addresses

  name         = "${local.name}-nat-${count.index}"
  region       = var.region
  address_type = "EXTERNAL"
}

resource "google_compute_router_nat" "this" {
  name                                = local.name
  router                              = google_compute_router.this.name
  region                              = var.region
  nat_ip_allocate_option              = "MANUAL_ONLY"
  nat_ips                             = google_compute_address.nat[*].self_link
  source_subnetwork_ip_ranges_to_nat  = "LIST_OF_SUBNETWORKS"
  enable_dynamic_port_allocation      = true
  enable_endpoint_independent_mapping = false
  min_ports_per_vm                    = 64
  max_ports_per_vm                    = 4096

  subnetwork {
    name                    = google_compute_subnetwork.nodes.id
    source_ip_ranges_to_nat = ["ALL_IP_RANGES"]
  }

  log_config {
    enable = true
    filter = "ERRORS_ONLY"
  }
}
