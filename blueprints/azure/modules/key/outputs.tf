# Who reads a key finds that its identity may use it.

output "key_id" {
  description = "The key without version, so that its rotation is followed."
  value       = azurerm_key_vault_key.this.versionless_id
  depends_on  = [azurerm_role_assignment.this]
}

output "identity_id" {
  description = "The identity that may wrap and unwrap with it."
  value       = azurerm_user_assigned_identity.this.id
  depends_on  = [azurerm_role_assignment.this]
}

output "identity_client_id" {
  description = "Its client id."
  value       = azurerm_user_assigned_identity.this.client_id
  depends_on  = [azurerm_role_assignment.this]
}

output "identity_principal_id" {
  description = "Its object id."
  value       = azurerm_user_assigned_identity.this.principal_id
}

output "vault_id" {
  description = "The vault."
  value       = azurerm_key_vault.this.id
}
