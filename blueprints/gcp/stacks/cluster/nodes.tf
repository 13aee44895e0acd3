# A pool of our own, where the cluster is no Autopilot.

resource "google_container_node_pool" "general" {
  count = local.autopilot ? 0 : 1

  name     = "general"
  cluster  = google_container_cluster.this.id
  location = var.region

  autoscaling {
    total_min_node_count = var.nodes.min
    total_max_node_count = var.nodes.max
    location_policy      = "BALANCED"
  }

  management {
    auto_repair  = true
    auto_upgrade = true
  }

  upgrade_settings {
    strategy        = "SURGE"
    max_surge       = 1
    max_unavailable = 0
  }

  network_config {
    enable_private_nodes = true
  }

  node_config {
    machine_type      = var.nodes.machine_type
    image_type        = "COS_CONTAINERD"
    service_account   = var.nodes_account
    oauth_scopes      = ["https://www.googleapis.com/auth/cloud-platform"] # the account's roles say what it may do
    boot_disk_kms_key = module.key.id
    metadata          = { disable-legacy-endpoints = "true" }

    shielded_instance_config {
      enable_secure_boot          = true
      enable_integrity_monitoring = true
    }

    # Pods ask this for who they are, and never see the machine's own account.
    workload_metadata_config {
      mode = "GKE_METADATA"
    }
  }
}
