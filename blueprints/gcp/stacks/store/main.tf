# Layer 0: where Strata keeps the estate's state, journal and approvals. PostgreSQL without an address of its own: projects that are
# named below reach it through an endpoint of Private Service Connect, and log in with their identity, never a password.

locals {
  name = "${var.org}-store"

  # Google's own accounts, which read and write for the services.
  agents = {
    sql     = "serviceAccount:service-${data.google_project.this.number}@gcp-sa-cloud-sql.iam.gserviceaccount.com"
    storage = data.google_storage_project_service_account.this.member
  }
}

data "google_project" "this" {
  project_id = var.project
}

data "google_storage_project_service_account" "this" {
  project = var.project
}

resource "google_sql_database_instance" "store" {
  name                = local.name
  region              = var.region
  database_version    = "POSTGRES_17"
  encryption_key_name = google_kms_crypto_key.store.id
  deletion_protection = true

  settings {
    tier                        = var.tier
    edition                     = "ENTERPRISE"
    availability_type           = "REGIONAL"
    disk_type                   = "PD_SSD"
    disk_autoresize             = true
    deletion_protection_enabled = true # refused by the cloud too, whoever asks
    retain_backups_on_delete    = true

    backup_configuration {
      enabled                        = true
      point_in_time_recovery_enabled = true
      start_time                     = "02:00"
      transaction_log_retention_days = 7

      backup_retention_settings {
        retained_backups = 30
        retention_unit   = "COUNT"
      }
    }

    database_flags {
      name  = "cloudsql.iam_authentication"
      value = "on"
    }

    database_flags {
      name  = "cloudsql.enable_pgaudit"
      value = "on"
    }

    insights_config {
      query_insights_enabled = true
    }

    ip_configuration {
      ipv4_enabled = false
      ssl_mode     = "TRUSTED_CLIENT_CERTIFICATE_REQUIRED"

      psc_config {
        psc_enabled               = true
        allowed_consumer_projects = var.consumer_projects
      }
    }

    maintenance_window {
      day          = 7
      hour         = 3
      update_track = "stable"
    }
  }

  depends_on = [google_kms_crypto_key_iam_member.user]
}

resource "google_sql_database" "strata" {
  name            = "strata"
  instance        = google_sql_database_instance.store.name
  deletion_policy = "ABANDON"
}

# Strata in CI. PostgreSQL knows a service account by its address without the last part.
resource "google_sql_user" "automation" {
  name     = trimsuffix(var.automation_account, ".gserviceaccount.com")
  instance = google_sql_database_instance.store.name
  type     = "CLOUD_IAM_SERVICE_ACCOUNT"
}

# People who approve and look: each with their own name.
resource "google_sql_user" "operators" {
  name     = var.operators_group
  instance = google_sql_database_instance.store.name
  type     = "CLOUD_IAM_GROUP"
}

locals {
  logging_in = { automation = "serviceAccount:${var.automation_account}", operators = "group:${var.operators_group}" }
}

resource "google_project_iam_member" "login" {
  for_each = {
    for pair in setproduct(["roles/cloudsql.client", "roles/cloudsql.instanceUser"], keys(local.logging_in)) :
    join(" ", pair) => { role = pair[0], member = local.logging_in[pair[1]] }
  }

  project = var.project
  role    = each.value.role
  member  = each.value.member

  condition {
    title       = "the store alone"
    description = "Log in to the store's instance and to no other."
    expression  = "resource.type == 'sqladmin.googleapis.com/Instance' && resource.name == 'projects/${var.project}/instances/${local.name}'"
  }
}
