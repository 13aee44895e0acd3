output "stream_name" {
  description = "The stream that apps put records into."
  value       = aws_kinesis_firehose_delivery_stream.events.name
}

output "bucket" {
  description = "The bucket of events."
  value       = aws_s3_bucket.events.bucket
}

output "catalogue_database" {
  description = "The catalogue's database that describes them."
  value       = aws_glue_catalog_database.events.name
}
