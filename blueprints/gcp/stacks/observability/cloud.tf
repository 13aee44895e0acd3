# Where logs and metrics go: Cloud Logging, into a bucket of our own under a key of ours, and managed Prometheus. The collector's service
# account is itself the principal.

variable "project" {
  description = "The environment's project."
  type        = string
}

variable "region" {
  description = "Region of the environment."
  type        = string
}

locals {
  name = "${var.org}-${var.env}"

  identity_annotations = {} # the service account itself is the principal
  identity_labels      = {}
  collector_env        = []
  collector_extensions = {}

  exporters = {
    googlecloud             = { project = var.project, log = { default_log_name = "containers" } }
    googlemanagedprometheus = { project = var.project }
  }

  log_exporters    = ["googlecloud"]
  metric_exporters = ["googlemanagedprometheus"]
}

data "google_logging_project_cmek_settings" "main" {
  project = var.project
}

resource "google_kms_key_ring" "telemetry" {
  name     = "${local.name}-telemetry"
  location = var.region
}

resource "google_kms_crypto_key" "telemetry" {
  name            = "telemetry"
  key_ring        = google_kms_key_ring.telemetry.id
  rotation_period = "7776000s" # 90 days
}

resource "google_kms_crypto_key_iam_member" "telemetry" {
  crypto_key_id = google_kms_crypto_key.telemetry.id
  role          = "roles/cloudkms.cryptoKeyEncrypterDecrypter"
  member        = "serviceAccount:${data.google_logging_project_cmek_settings.main.service_account_id}"
}

resource "google_logging_project_bucket_config" "containers" {
  project        = var.project
  location       = var.region
  bucket_id      = "${local.name}-containers"
  retention_days = var.retention_days

  cmek_settings {
    kms_key_name = google_kms_crypto_key_iam_member.telemetry.crypto_key_id
  }
}

resource "google_logging_project_sink" "containers" {
  name                   = "${local.name}-containers"
  destination            = "logging.googleapis.com/${google_logging_project_bucket_config.containers.id}"
  filter                 = "resource.type=\"k8s_container\" AND resource.labels.cluster_name=\"${var.cluster_name}\""
  unique_writer_identity = true
}
