resource "google_bigquery_dataset" "raw" {
  dataset_id                      = "raw"
  location                        = var.region
  description                     = "Events as they came. People read what `warehouse` makes of them."
  default_partition_expiration_ms = var.raw_days * 86400000
  delete_contents_on_destroy      = !var.protected
  max_time_travel_hours           = "168"

  default_encryption_configuration {
    kms_key_name = module.key.id
  }
}

resource "google_bigquery_table" "raw" {
  dataset_id               = google_bigquery_dataset.raw.dataset_id
  table_id                 = "events"
  description              = "One row for each event, as Pub/Sub delivers it."
  schema                   = jsonencode(local.columns)
  clustering               = ["message_id"]
  require_partition_filter = true
  deletion_protection      = var.protected

  time_partitioning {
    type  = "DAY"
    field = "publish_time"
  }

  encryption_configuration {
    kms_key_name = module.key.id
  }
}

resource "google_bigquery_dataset_iam_member" "pubsub" {
  dataset_id = google_bigquery_dataset.raw.dataset_id
  role       = "roles/bigquery.dataEditor"
  member     = local.agent
}
