output "zone_id" {
  description = "The public zone."
  value       = azurerm_dns_zone.this.id
  depends_on  = [azurerm_dns_ns_record.delegation]
}

output "zone_name" {
  description = "Its domain."
  value       = azurerm_dns_zone.this.name
}

output "resource_group_name" {
  description = "The zone's resource group."
  value       = var.resource_group_name
}

output "private_zone_name" {
  description = "The domain that is answered in the network alone."
  value       = azurerm_private_dns_zone.internal.name
}
