output "enabled" {
  description = "Whether traffic between pods goes through the mesh."
  value       = length(helm_release.policy) > 0
}
