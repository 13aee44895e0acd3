output "issuer" {
  description = "Who signs the forge's tokens."
  value       = var.issuer
}

output "subjects" {
  description = "What the forge's tokens say, by environment and purpose."
  value       = local.subjects
}

output "runners" {
  description = "Object ids of the identities that apply, by environment."
  value       = { for key, identity in azurerm_user_assigned_identity.runner : trimsuffix(key, "-apply") => identity.principal_id if endswith(key, "-apply") }
}

output "runner_client_ids" {
  description = "Client ids for the forge's environments: what opens the store."
  value       = { for key, identity in azurerm_user_assigned_identity.runner : key => identity.client_id }
}
