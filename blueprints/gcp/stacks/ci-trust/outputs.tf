output "principals" {
  description = "Who plans and who applies each environment: ENV => { plan, apply }."
  value       = local.principals
  depends_on  = [google_iam_workload_identity_pool_provider.github]
}

output "pool_name" {
  description = "The pool: projects/NUMBER/locations/global/workloadIdentityPools/ID."
  value       = google_iam_workload_identity_pool.ci.name
}

output "provider_name" {
  description = "What workflows name in `google-github-actions/auth`."
  value       = google_iam_workload_identity_pool_provider.github.name
}

output "store_account" {
  description = "The account that opens the store."
  value       = google_service_account.store.email
}
