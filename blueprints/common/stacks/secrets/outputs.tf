output "store" {
  description = "The store that external secrets name: its kind and its name."
  value       = { kind = "ClusterSecretStore", name = "cloud" }
  depends_on  = [helm_release.store]
}
