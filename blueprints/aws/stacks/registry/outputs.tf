output "repository_urls" {
  description = "Where images are pushed and pulled, by app."
  value       = { for name, repository in aws_ecr_repository.app : name => repository.repository_url }
}

output "repository_arns" {
  description = "The repositories, as policies name them."
  value       = { for name, repository in aws_ecr_repository.app : name => repository.arn }
}
