output "namespaces" {
  description = "The namespaces, ready to work in: name by name."
  value       = { for name, space in kubernetes_namespace_v1.main : name => space.metadata[0].name }

  depends_on = [
    kubernetes_limit_range_v1.main,
    kubernetes_network_policy_v1.deny,
    kubernetes_network_policy_v1.ground,
    kubernetes_network_policy_v1.metrics,
    kubernetes_network_policy_v1.service,
    kubernetes_resource_quota_v1.main,
    kubernetes_role_binding_v1.team,
    helm_release.crds,
  ]
}

output "teams" {
  description = "Namespaces of teams, sorted."
  value       = sort(keys(local.teams))
}

output "priority_classes" {
  description = "Priority classes by use."
  value       = { for name, class in kubernetes_priority_class_v1.main : name => class.metadata[0].name }
}

output "storage_classes" {
  description = "Storage classes by use."
  value       = { for name, class in kubernetes_storage_class_v1.main : name => class.metadata[0].name }
}
