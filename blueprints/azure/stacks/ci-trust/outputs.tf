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
  value       = { for env in var.environments : env => azurerm_user_assigned_identity.runner["${env}-apply"].principal_id }
}

output "runner_client_ids" {
  description = "Client ids for the forge's environments: what opens the store."
  value       = { for key, identity in azurerm_user_assigned_identity.runner : key => identity.client_id }
}
