# Layer 2: machines for what is no container yet. They come from a template, are replaced and never mended, start from measured boot, and
# people come to them by their own name through OS Login and Identity-Aware Proxy: no SSH keys, no addresses.

locals {
  name = "${var.org}-${var.env}-machines"
}

data "google_project" "this" {
  project_id = var.project
}

data "google_compute_image" "base" {
  family  = var.image_family
  project = var.image_project
}

module "key" {
  source = "../../modules/key"

  name     = local.name
  location = var.region
  users    = { compute = "serviceAccount:service-${data.google_project.this.number}@compute-system.iam.gserviceaccount.com" }
}

resource "google_service_account" "machines" {
  account_id   = "machines"
  display_name = "Machines"
}

# For the whole project: who makes a machine by hand does not get around it.
resource "google_compute_project_metadata_item" "os_login" {
  key   = "enable-oslogin"
  value = "TRUE"
}

resource "google_service_account_iam_member" "operators" {
  service_account_id = google_service_account.machines.name
  role               = "roles/iam.serviceAccountUser"
  member             = "group:${var.operators_group}"
}

resource "google_compute_region_instance_template" "this" {
  name_prefix  = "${var.env}-machines-"
  region       = var.region
  machine_type = var.machine_type

  metadata = {
    enable-oslogin            = "TRUE"
    enable-oslogin-2fa        = "TRUE"
    block-project-ssh-keys    = "TRUE"
    serial-port-enable        = "FALSE"
    disable-legacy-endpoints  = "TRUE"
    google-logging-enabled    = "TRUE"
    google-monitoring-enabled = "TRUE"
  }

  disk {
    boot         = true
    auto_delete  = true
    source_image = data.google_compute_image.base.self_link
    disk_type    = "pd-balanced"
    disk_size_gb = 30

    disk_encryption_key {
      kms_key_self_link = module.key.id
    }
  }

  network_interface {
    subnetwork = var.subnet_id # without access_config: no address that the internet reaches
  }

  service_account {
    email  = google_service_account.machines.email
    scopes = ["cloud-platform"] # the account's roles say what it may do
  }

  shielded_instance_config {
    enable_secure_boot          = true
    enable_vtpm                 = true
    enable_integrity_monitoring = true
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "google_compute_region_health_check" "this" {
  name                = local.name
  region              = var.region
  check_interval_sec  = 10
  timeout_sec         = 5
  healthy_threshold   = 2
  unhealthy_threshold = 3

  tcp_health_check {
    port = 22
  }
}

resource "google_compute_region_instance_group_manager" "this" {
  name                             = local.name
  region                           = var.region
  base_instance_name               = "${var.env}-machine"
  distribution_policy_target_shape = "EVEN"
  wait_for_instances               = false

  version {
    instance_template = google_compute_region_instance_template.this.self_link
  }

  auto_healing_policies {
    health_check      = google_compute_region_health_check.this.id
    initial_delay_sec = 300
  }

  update_policy {
    type                         = "PROACTIVE"
    minimal_action               = "REPLACE"
    instance_redistribution_type = "PROACTIVE"
    max_surge_fixed              = 3 # one for each zone
    max_unavailable_fixed        = 0
  }
}

resource "google_compute_region_autoscaler" "this" {
  name   = local.name
  region = var.region
  target = google_compute_region_instance_group_manager.this.id

  autoscaling_policy {
    min_replicas    = var.size.min
    max_replicas    = var.size.max
    cooldown_period = 120

    cpu_utilization {
      target = 0.6
    }
  }
}
