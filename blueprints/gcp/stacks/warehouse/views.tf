locals {
  events = "`${var.raw.project}.${var.raw.dataset_id}.${var.raw.table_id}`"

  views = {
    orders = <<-SQL
      SELECT publish_time, JSON_VALUE(data, '$.order_id') AS order_id, JSON_VALUE(data, '$.state') AS state
      FROM ${local.events}
      WHERE JSON_VALUE(attributes, '$.kind') = 'order'
    SQL

    search = <<-SQL
      SELECT publish_time, JSON_VALUE(data, '$.query') AS query
      FROM ${local.events}
      WHERE JSON_VALUE(attributes, '$.kind') = 'search'
    SQL
  }
}

resource "google_bigquery_dataset" "views" {
  for_each = var.readers

  dataset_id                 = "${each.key}_views"
  location                   = var.region
  description                = "Views for the readers of ${each.key}."
  delete_contents_on_destroy = true # views hold nothing

  default_encryption_configuration {
    kms_key_name = module.key.id
  }
}

resource "google_bigquery_table" "view" {
  for_each = var.readers

  dataset_id          = google_bigquery_dataset.views[each.key].dataset_id
  table_id            = "events"
  deletion_protection = false

  view {
    query          = local.views[each.key]
    use_legacy_sql = false
  }
}

resource "google_bigquery_dataset_access" "view" {
  for_each = var.readers

  project    = var.raw.project
  dataset_id = var.raw.dataset_id

  view {
    project_id = google_bigquery_table.view[each.key].project
    dataset_id = google_bigquery_table.view[each.key].dataset_id
    table_id   = google_bigquery_table.view[each.key].table_id
  }
}

resource "google_bigquery_dataset_iam_member" "reader" {
  for_each = var.readers

  dataset_id = google_bigquery_dataset.views[each.key].dataset_id
  role       = "roles/bigquery.dataViewer"
  member     = "group:${each.value}"
}
