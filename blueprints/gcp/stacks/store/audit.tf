# Seals of the journal: written once, read by auditors, and not to be taken back by anybody until their time is over. The lock on the
# retention cannot be undone, not by the organisation's owners and not by Google.

resource "google_storage_bucket" "audit" {
  name                        = "${var.project}-audit-seals"
  location                    = var.region
  storage_class               = "STANDARD"
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"
  force_destroy               = false

  encryption {
    default_kms_key_name = google_kms_crypto_key.audit.id
  }

  retention_policy {
    retention_period = var.audit_days * 86400
    is_locked        = true
  }

  soft_delete_policy {
    retention_duration_seconds = 604800
  }

  lifecycle_rule {
    action {
      type          = "SetStorageClass"
      storage_class = "ARCHIVE"
    }

    condition {
      age = 90
    }
  }

  depends_on = [google_kms_crypto_key_iam_member.user]
}

# It adds seals; it neither reads nor replaces them.
resource "google_storage_bucket_iam_member" "automation" {
  bucket = google_storage_bucket.audit.name
  role   = "roles/storage.objectCreator"
  member = "serviceAccount:${var.automation_account}"
}
