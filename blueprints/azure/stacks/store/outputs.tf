output "store_url" {
  description = "What `store` in strata.hcl becomes, with the name of the one who comes put before the host."
  value       = "postgres://${azurerm_postgresql_flexible_server.this.fqdn}/${azurerm_postgresql_flexible_server_database.strata.name}"
}

output "seal_key_id" {
  description = "The key that seals the store's secrets."
  value       = azurerm_key_vault_key.seal.versionless_id
}

output "audit_account_id" {
  description = "The account of seals and archived logs."
  value       = azurerm_storage_account.audit.id
}
