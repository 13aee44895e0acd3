output "stream_name" {
  description = "The stream that apps write events to."
  value       = aws_kinesis_firehose_delivery_stream.events.name
}

output "stream_arn" {
  description = "The same, as policies name it."
  value       = aws_kinesis_firehose_delivery_stream.events.arn
}

output "raw" {
  description = "Where raw events lie, and the key to read them."
  value = {
    bucket     = aws_s3_bucket.events.bucket
    bucket_arn = aws_s3_bucket.events.arn
    prefix     = "raw/"
    key_arn    = aws_kms_key.events.arn
  }
}
