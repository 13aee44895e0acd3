output "namespace" {
  description = "Where Argo CD looks for applications."
  value       = helm_release.projects.namespace
}

output "push_identities" {
  description = "By what a repository's CI pushes its image, by name of the image."
  value       = local.push_identities
}
