output "dataset_id" {
  description = "The data set of the curated tables."
  value       = google_bigquery_dataset.curated.dataset_id
}

output "views" {
  description = "The views, as PROJECT.DATASET.VIEW."
  value       = { for name, view in google_bigquery_table.view : name => "${view.project}.${view.dataset_id}.${view.table_id}" }
}
