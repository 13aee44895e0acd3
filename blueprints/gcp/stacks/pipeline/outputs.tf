output "topic" {
  description = "Where events are published."
  value       = google_pubsub_topic.events.id
}

output "dataset" {
  description = "The data set of the events, and the table in it."
  value = {
    project    = google_bigquery_table.raw.project
    dataset_id = google_bigquery_table.raw.dataset_id
    table_id   = google_bigquery_table.raw.table_id
  }
}
