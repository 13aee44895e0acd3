output "repository_urls" {
  description = "Where images are pushed and pulled, by app."
  value = {
    for name, repository in google_artifact_registry_repository.app :
    name => "${repository.location}-docker.pkg.dev/${var.project}/${repository.repository_id}"
  }
}

output "repository_ids" {
  description = "The repositories, as the cloud addresses them."
  value       = { for name, repository in google_artifact_registry_repository.app : name => repository.id }
}
