output "scale_set_id" {
  description = "The machines."
  value       = azurerm_orchestrated_virtual_machine_scale_set.this.id
}

output "identity_principal_id" {
  description = "Who the machines are, for what they are granted."
  value       = azurerm_user_assigned_identity.this.principal_id
}
