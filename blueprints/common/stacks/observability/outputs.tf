output "otlp_endpoint" {
  description = "Where apps send logs and metrics, as OTLP over HTTP."
  value       = "http://${helm_release.gateway.name}-opentelemetry-collector.${helm_release.gateway.namespace}.svc:4318"
}

output "namespace" {
  description = "The namespace of the collectors, for policies of those who send."
  value       = helm_release.gateway.namespace
}
