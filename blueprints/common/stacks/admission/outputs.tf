output "allowed_registries" {
  description = "Where images may come from, once the rule binds."
  value       = var.allowed_registries
  depends_on  = [helm_release.bindings]
}
