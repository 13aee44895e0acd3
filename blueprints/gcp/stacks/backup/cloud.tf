# Where backups are: a bucket whose objects nobody can remove before their time, under a key of its own, which Velero's service account
# may write.

variable "project" {
  description = "The environment's project."
  type        = string
}

variable "region" {
  description = "Region of the environment."
  type        = string
}

variable "workload_identities" {
  description = "What pods come as, by use: an account where the cloud wants one, else a member of IAM policies."
  type        = map(string)
}

variable "protected" {
  description = "Whether what bears data refuses to be destroyed."
  type        = bool
}

locals {
  name     = "${var.project}-${var.env}-backups"
  location = google_storage_bucket.backups.url

  identity_annotations = {} # the service account itself is the principal
  identity_labels      = {}

  plugin            = { name = "velero-plugin-for-gcp", image = "velero/velero-plugin-for-gcp:v1.13.1" }
  backup_location   = { provider = "gcp", bucket = google_storage_bucket_iam_member.velero.bucket, config = {} }
  snapshot_location = { provider = "gcp", config = { project = var.project, snapshotLocation = var.region } }
}

data "google_storage_project_service_account" "main" {
  project = var.project
}

resource "google_kms_key_ring" "backups" {
  name     = local.name
  location = var.region
}

resource "google_kms_crypto_key" "backups" {
  name            = "backups"
  key_ring        = google_kms_key_ring.backups.id
  rotation_period = "7776000s"                           # 90 days
  deletion_policy = var.protected ? "PREVENT" : "DELETE" # backups are lost with it
}

resource "google_kms_crypto_key_iam_member" "storage" {
  crypto_key_id = google_kms_crypto_key.backups.id
  role          = "roles/cloudkms.cryptoKeyEncrypterDecrypter"
  member        = "serviceAccount:${data.google_storage_project_service_account.main.email_address}"
}

resource "google_storage_bucket" "backups" {
  name                        = local.name
  location                    = var.region
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"
  force_destroy               = false
  deletion_policy             = var.protected ? "PREVENT" : "DELETE"

  encryption {
    default_kms_key_name = google_kms_crypto_key_iam_member.storage.crypto_key_id
  }

  retention_policy {
    retention_period = tostring(var.keep_days * 24 * 3600)
    is_locked        = false # locked it can never be shortened again: by hand, once it is right
  }
}

resource "google_storage_bucket_iam_member" "velero" {
  bucket = google_storage_bucket.backups.name
  role   = "roles/storage.objectUser"
  member = var.workload_identities["velero"]
}
