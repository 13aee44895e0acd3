output "application" {
  description = "The application that Argo CD keeps in step."
  value       = "${helm_release.application.namespace}/${helm_release.application.name}"
}
