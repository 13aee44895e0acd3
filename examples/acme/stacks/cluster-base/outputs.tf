output "namespaces" {
  description = "The namespaces, ready to work in."
  value       = { for name, space in kubernetes_namespace.main : name => space.metadata[0].name }

  depends_on = [kubernetes_role_binding.stack, kubernetes_cluster_role_binding.wide, kubernetes_limit_range.main, kubernetes_resource_quota.main]
}
