output "image_urls" {
  description = "Where each image is pushed to and pulled from."
  value       = { for image, repository in aws_ecr_repository.image : image => repository.repository_url }
}

output "artifacts_bucket" {
  description = "The bucket of build results."
  value       = aws_s3_bucket.artifacts.bucket
}
