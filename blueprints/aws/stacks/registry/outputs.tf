output "repository_urls" {
  description = "Where each image is pushed to and pulled from."
  value       = { for image, repository in aws_ecr_repository.image : image => repository.repository_url }
}

output "repository_arns" {
  description = "The repositories, for policies."
  value       = { for image, repository in aws_ecr_repository.image : image => repository.arn }
}
