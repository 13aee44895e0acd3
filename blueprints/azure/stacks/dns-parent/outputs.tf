output "zone" {
  description = "Where children are delegated."
  value       = { name = azurerm_dns_zone.this.name, resource_group_name = var.resource_group_name, subscription_id = var.subscription_id }
}

output "name_servers" {
  description = "What is entered at the registrar."
  value       = azurerm_dns_zone.this.name_servers
}
