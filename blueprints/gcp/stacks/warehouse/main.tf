# Layer 2: what people ask about. Tables stay closed; readers get views, each in a data set of its readers, and the view is authorised to read
# the events for them: they see its columns and rows, never the table.

data "google_bigquery_default_service_account" "this" {
  project = var.project
}

module "key" {
  source = "../../modules/key"

  name     = "${var.org}-${var.env}-warehouse"
  location = var.region
  users    = { bigquery = data.google_bigquery_default_service_account.this.member }
}

resource "google_bigquery_dataset" "curated" {
  dataset_id                 = "curated"
  location                   = var.region
  description                = "Tables made from the events."
  delete_contents_on_destroy = !var.protected
  max_time_travel_hours      = "168"

  default_encryption_configuration {
    kms_key_name = module.key.id
  }
}

resource "google_bigquery_table" "orders" {
  dataset_id          = google_bigquery_dataset.curated.dataset_id
  table_id            = "orders"
  description         = "One row for each order, by day."
  clustering          = ["customer_id"]
  deletion_protection = var.protected

  schema = jsonencode([
    { name = "order_id", type = "STRING", mode = "REQUIRED" },
    { name = "customer_id", type = "STRING", mode = "REQUIRED" },
    { name = "ordered_at", type = "TIMESTAMP", mode = "REQUIRED" },
    { name = "amount", type = "NUMERIC", mode = "REQUIRED" },
  ])

  time_partitioning {
    type  = "DAY"
    field = "ordered_at"
  }

  encryption_configuration {
    kms_key_name = module.key.id
  }
}
