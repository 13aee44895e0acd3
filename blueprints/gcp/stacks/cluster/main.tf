# Layer 3: GKE, in all zones of the region. Machines and control plane have addresses in the network only. Autopilot runs the machines for
# us; with `mode = "standard"` a pool of our own does (nodes.tf), and all else stays the same. To change the mode is to make the cluster anew.

locals {
  name      = "${var.org}-${var.env}"
  autopilot = var.mode == "autopilot"
}

data "google_project" "this" {
  project_id = var.project
}

module "key" {
  source = "../../modules/key"

  name     = "${local.name}-cluster"
  location = var.region

  users = {
    secrets = "serviceAccount:service-${data.google_project.this.number}@container-engine-robot.iam.gserviceaccount.com"
    disks   = "serviceAccount:service-${data.google_project.this.number}@compute-system.iam.gserviceaccount.com"
  }
}

resource "google_container_cluster" "this" {
  name                     = local.name
  location                 = var.region
  network                  = var.network_id
  subnetwork               = var.subnet_id
  enable_autopilot         = local.autopilot ? true : null
  remove_default_node_pool = local.autopilot ? null : true
  initial_node_count       = local.autopilot ? null : 1
  datapath_provider        = local.autopilot ? null : "ADVANCED_DATAPATH" # Autopilot has it anyway: network policies without an add-on
  enable_shielded_nodes    = local.autopilot ? null : true
  networking_mode          = "VPC_NATIVE"
  deletion_protection      = var.protected

  release_channel {
    channel = var.channel
  }

  ip_allocation_policy {
    cluster_secondary_range_name  = var.range_names.pods
    services_secondary_range_name = var.range_names.services
  }

  private_cluster_config {
    enable_private_nodes    = true
    enable_private_endpoint = true
    master_ipv4_cidr_block  = var.master_cidr

    master_global_access_config {
      enabled = false
    }
  }

  master_authorized_networks_config {
    gcp_public_cidrs_access_enabled = false

    dynamic "cidr_blocks" {
      for_each = var.admin_cidrs

      content {
        display_name = cidr_blocks.key
        cidr_block   = cidr_blocks.value
      }
    }
  }

  master_auth {
    client_certificate_config {
      issue_client_certificate = false
    }
  }

  # Groups of people are subjects in the cluster, as long as they stand in this one.
  authenticator_groups_config {
    security_group = var.security_group
  }

  workload_identity_config {
    workload_pool = "${var.project}.svc.id.goog"
  }

  database_encryption {
    state    = "ENCRYPTED"
    key_name = module.key.id
  }

  binary_authorization {
    evaluation_mode = "PROJECT_SINGLETON_POLICY_ENFORCE"
  }

  gateway_api_config {
    channel = "CHANNEL_STANDARD"
  }

  secret_manager_config {
    enabled = true
  }

  # Autopilot's machines are made by what is said here; those of a standard cluster by their pool.
  dynamic "cluster_autoscaling" {
    for_each = local.autopilot ? [1] : []

    content {
      auto_provisioning_defaults {
        service_account   = var.nodes_account
        boot_disk_kms_key = module.key.id
        oauth_scopes      = ["https://www.googleapis.com/auth/cloud-platform"]
      }
    }
  }

  # The first pool, which is taken away at once: it too is nobody's default account.
  dynamic "node_config" {
    for_each = local.autopilot ? [] : [1]

    content {
      service_account = var.nodes_account
      oauth_scopes    = ["https://www.googleapis.com/auth/cloud-platform"]
    }
  }

  addons_config {
    gke_backup_agent_config {
      enabled = true
    }
  }

  logging_config {
    enable_components = ["SYSTEM_COMPONENTS", "WORKLOADS", "APISERVER"]
  }

  monitoring_config {
    enable_components = ["SYSTEM_COMPONENTS", "APISERVER", "SCHEDULER", "CONTROLLER_MANAGER"]

    managed_prometheus {
      enabled = true
    }
  }

  security_posture_config {
    mode               = "BASIC"
    vulnerability_mode = "VULNERABILITY_BASIC"
  }

  cost_management_config {
    enabled = true
  }

  maintenance_policy {
    recurring_window {
      start_time = "2026-01-03T02:00:00Z"
      end_time   = "2026-01-03T08:00:00Z"
      recurrence = "FREQ=WEEKLY;BYDAY=SA,SU"
    }
  }

  lifecycle {
    ignore_changes = [node_config, initial_node_count]
  }
}
