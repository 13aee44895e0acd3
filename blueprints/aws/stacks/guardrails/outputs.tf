output "trail" {
  description = "The organisation's trail and where it writes."
  value       = { arn = aws_cloudtrail.organisation.arn, bucket = aws_s3_bucket.trail.bucket }
}
