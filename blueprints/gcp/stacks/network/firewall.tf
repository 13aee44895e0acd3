# A policy for the whole network in place of rules here and there. What no rule lets through, the last one of each direction refuses and logs.

locals {
  inside = [var.ranges.nodes, var.ranges.pods, var.ranges.services]

  rules = {
    inside = {
      says      = "Machines and pods among themselves; network policies of the cluster say more."
      priority  = 1000
      direction = "INGRESS"
      action    = "allow"
      ranges    = local.inside
      ports     = {}
      log       = false
    }

    proxies = {
      says      = "Load balancers to what they serve."
      priority  = 1010
      direction = "INGRESS"
      action    = "allow"
      ranges    = [var.ranges.proxies]
      ports     = { tcp = [] }
      log       = false
    }

    probes = {
      says      = "Google's health checks."
      priority  = 1020
      direction = "INGRESS"
      action    = "allow"
      ranges    = ["35.191.0.0/16", "130.211.0.0/22"]
      ports     = { tcp = [] }
      log       = false
    }

    iap = {
      says      = "People to machines, through Identity-Aware Proxy only."
      priority  = 1030
      direction = "INGRESS"
      action    = "allow"
      ranges    = ["35.235.240.0/20"]
      ports     = { tcp = ["22"] }
      log       = true
    }

    in_rest = {
      says      = "Nothing else comes in."
      priority  = 65000
      direction = "INGRESS"
      action    = "deny"
      ranges    = ["0.0.0.0/0"]
      ports     = {}
      log       = true
    }

    out_own = {
      says      = "To what is ours, managed databases among it."
      priority  = 2000
      direction = "EGRESS"
      action    = "allow"
      ranges    = concat(local.inside, [var.ranges.proxies, var.ranges.services_range])
      ports     = {}
      log       = false
    }

    out_api = {
      says      = "Google's own services, by their private address."
      priority  = 2010
      direction = "EGRESS"
      action    = "allow"
      ranges    = ["199.36.153.8/30"]
      ports     = { tcp = ["443"] }
      log       = false
    }

    out_web = {
      says      = "HTTPS to the world, through NAT, logged."
      priority  = 2020
      direction = "EGRESS"
      action    = "allow"
      ranges    = ["0.0.0.0/0"]
      ports     = { tcp = ["443"] }
      log       = true
    }

    out_rest = {
      says      = "Nothing else goes out."
      priority  = 65010
      direction = "EGRESS"
      action    = "deny"
      ranges    = ["0.0.0.0/0"]
      ports     = {}
      log       = true
    }
  }
}

resource "google_compute_network_firewall_policy" "this" {
  name        = local.name
  description = "What comes into and goes out of the network."
}

resource "google_compute_network_firewall_policy_rule" "this" {
  for_each = local.rules

  firewall_policy = google_compute_network_firewall_policy.this.name
  rule_name       = replace(each.key, "_", "-")
  description     = each.value.says
  priority        = each.value.priority
  direction       = each.value.direction
  action          = each.value.action
  enable_logging  = each.value.log

  match {
    src_ip_ranges  = each.value.direction == "INGRESS" ? each.value.ranges : null
    dest_ip_ranges = each.value.direction == "EGRESS" ? each.value.ranges : null

    dynamic "layer4_configs" {
      for_each = length(each.value.ports) == 0 ? { all = [] } : each.value.ports

      content {
        ip_protocol = layer4_configs.key
        ports       = layer4_configs.value
      }
    }
  }
}

# The network takes the policy up when it is whole.
resource "google_compute_network_firewall_policy_association" "this" {
  name              = local.name
  firewall_policy   = google_compute_network_firewall_policy.this.name
  attachment_target = google_compute_network.this.id
  depends_on        = [google_compute_network_firewall_policy_rule.this]
}
