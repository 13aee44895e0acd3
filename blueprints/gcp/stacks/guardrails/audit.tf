# Who did what, from every project, in one place that the projects' owners cannot reach. Reads of data are logged too.

resource "google_kms_key_ring" "audit" {
  name     = "${var.org}-audit-log"
  location = var.region
}

resource "google_kms_crypto_key" "audit" {
  name                       = "log"
  key_ring                   = google_kms_key_ring.audit.id
  rotation_period            = "7776000s"
  destroy_scheduled_duration = "2592000s"
}

data "google_logging_project_cmek_settings" "this" {
  project = var.project
}

resource "google_kms_crypto_key_iam_member" "logging" {
  crypto_key_id = google_kms_crypto_key.audit.id
  role          = "roles/cloudkms.cryptoKeyEncrypterDecrypter"
  member        = "serviceAccount:${data.google_logging_project_cmek_settings.this.service_account_id}"
}

resource "google_logging_project_bucket_config" "audit" {
  project        = var.project
  location       = var.region
  bucket_id      = "organisation-audit"
  description    = "Audit logs of the organisation."
  retention_days = var.audit_days
  locked         = true # cannot be undone

  cmek_settings {
    kms_key_name = google_kms_crypto_key.audit.id
  }

  depends_on = [google_kms_crypto_key_iam_member.logging]
}

resource "google_logging_organization_sink" "audit" {
  name             = "${var.org}-audit"
  org_id           = var.organization_id
  description      = "All audit logs, to the locked bucket."
  destination      = "logging.googleapis.com/${google_logging_project_bucket_config.audit.id}"
  include_children = true
  filter           = "logName:\"cloudaudit.googleapis.com\" OR logName:\"externalaudit.googleapis.com\""
}

resource "google_project_iam_member" "sink" {
  project = var.project
  role    = "roles/logging.bucketWriter"
  member  = google_logging_organization_sink.audit.writer_identity

  condition {
    title       = "the audit bucket alone"
    description = "Write to the audit bucket and to no other."
    expression  = "resource.name.endsWith(\"${google_logging_project_bucket_config.audit.id}\")"
  }
}

resource "google_organization_iam_audit_config" "all" {
  org_id  = var.organization_id
  service = "allServices"

  dynamic "audit_log_config" {
    for_each = toset(["ADMIN_READ", "DATA_READ", "DATA_WRITE"])

    content {
      log_type = audit_log_config.value
    }
  }
}
