output "lake_id" {
  description = "The account of raw events."
  value       = azurerm_storage_account.lake.id
  depends_on  = [azurerm_private_endpoint.lake]
}

output "lake_endpoint" {
  description = "Where the lake answers, in the network."
  value       = azurerm_storage_account.lake.primary_dfs_endpoint
}

output "events_endpoint" {
  description = "Where events are sent, in the network."
  value       = "${azurerm_eventhub_namespace.this.name}.servicebus.windows.net"
  depends_on  = [azurerm_private_endpoint.events]
}
