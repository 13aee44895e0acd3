# Layer 2: the orders. PostgreSQL with an address in the network only. People, workloads and automation log in with their identity; there is
# no password, so none can stand in a state, a plan or a secret.

locals {
  name = "${var.org}-${var.env}-orders"
}

data "google_project" "this" {
  project_id = var.project
}

module "key" {
  source = "../../modules/key"

  name     = local.name
  location = var.region

  users = {
    sql     = "serviceAccount:service-${data.google_project.this.number}@gcp-sa-cloud-sql.iam.gserviceaccount.com"
    secrets = "serviceAccount:service-${data.google_project.this.number}@gcp-sa-secretmanager.iam.gserviceaccount.com"
  }
}

resource "google_sql_database_instance" "orders" {
  name                = local.name
  region              = var.region
  database_version    = "POSTGRES_17"
  encryption_key_name = module.key.id
  deletion_protection = var.protected

  settings {
    tier                        = var.tier
    edition                     = "ENTERPRISE"
    availability_type           = var.availability
    disk_type                   = "PD_SSD"
    disk_autoresize             = true
    deletion_protection_enabled = var.protected # refused by the cloud too, whoever asks
    retain_backups_on_delete    = var.protected
    connector_enforcement       = "REQUIRED" # connectors bring identity and certificates along

    backup_configuration {
      enabled                        = true
      point_in_time_recovery_enabled = true
      start_time                     = "02:00"
      location                       = var.region
      transaction_log_retention_days = 7

      backup_retention_settings {
        retained_backups = var.retained_backups
        retention_unit   = "COUNT"
      }
    }

    final_backup_config {
      enabled        = var.protected
      retention_days = var.protected ? 30 : null
    }

    database_flags {
      name  = "cloudsql.iam_authentication"
      value = "on"
    }

    database_flags {
      name  = "log_lock_waits"
      value = "on"
    }

    insights_config {
      query_insights_enabled  = true
      record_application_tags = true
    }

    ip_configuration {
      ipv4_enabled       = false
      private_network    = var.network_id
      allocated_ip_range = var.peering_range
      ssl_mode           = "TRUSTED_CLIENT_CERTIFICATE_REQUIRED"
    }

    maintenance_window {
      day          = 7
      hour         = 3
      update_track = "stable"
    }
  }
}

resource "google_sql_database" "orders" {
  name            = "orders"
  instance        = google_sql_database_instance.orders.name
  deletion_policy = var.protected ? "ABANDON" : "DELETE"
}

# PostgreSQL knows a service account by its address without the last part.
resource "google_sql_user" "workload" {
  for_each = var.workload_accounts

  name     = trimsuffix(each.value, ".gserviceaccount.com")
  instance = google_sql_database_instance.orders.name
  type     = "CLOUD_IAM_SERVICE_ACCOUNT"
}

resource "google_sql_user" "operators" {
  name     = var.operators_group
  instance = google_sql_database_instance.orders.name
  type     = "CLOUD_IAM_GROUP"
}
