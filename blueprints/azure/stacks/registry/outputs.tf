output "registry_id" {
  description = "The registry."
  value       = azurerm_container_registry.this.id
}

output "login_server" {
  description = "Its address."
  value       = azurerm_container_registry.this.login_server
  depends_on  = [azurerm_private_endpoint.registry, azurerm_role_assignment.puller]
}

output "repository_urls" {
  description = "Where each repository's images are."
  value       = { for name in var.repositories : name => "${azurerm_container_registry.this.login_server}/${name}" }
  depends_on  = [azurerm_private_endpoint.registry, azurerm_role_assignment.puller]
}
