output "capacity_id" {
  description = "The capacity that workspaces are put on."
  value       = azurerm_fabric_capacity.this.id
}
