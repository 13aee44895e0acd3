output "endpoint" {
  description = "Where apps send structured logs to, inside the cluster."
  value       = "${helm_release.collector.name}.${helm_release.collector.namespace}.svc:4318"
}
