output "network_id" {
  description = "The network."
  value       = azurerm_virtual_network.this.id
}

output "private_subnet_ids" {
  description = "Subnets that workloads run in: vaults and accounts of the cluster's services admit them."
  value       = [for name, subnet in azurerm_subnet.this : subnet.id if contains(["nodes", "machines"], name)]
}

# Who puts machines into a subnet finds that they can get out.
output "node_subnet_id" {
  description = "The subnet of the cluster's machines."
  value       = one([for name, subnet in azurerm_subnet.this : subnet.id if name == "nodes"])
  depends_on  = [azurerm_subnet_nat_gateway_association.out]
}

output "machine_subnet_id" {
  description = "The subnet of virtual machines."
  value       = one([for name, subnet in azurerm_subnet.this : subnet.id if name == "machines"])
  depends_on  = [azurerm_subnet_nat_gateway_association.out, azurerm_subnet_network_security_group_association.this]
}

output "control_subnet_id" {
  description = "The subnet that the cluster's control plane answers in."
  value       = one([for name, subnet in azurerm_subnet.this : subnet.id if name == "control"])
}

output "endpoint_subnet_id" {
  description = "The subnet of private endpoints."
  value       = one([for name, subnet in azurerm_subnet.this : subnet.id if name == "endpoints"])
  depends_on  = [azurerm_subnet_network_security_group_association.this]
}

output "private_zone_ids" {
  description = "Private zones of endpoints, by service."
  value       = { for service, zone in azurerm_private_dns_zone.this : service => zone.id }
  depends_on  = [azurerm_private_dns_zone_virtual_network_link.this]
}

output "logs_id" {
  description = "The workspace that audit logs of infrastructure go to."
  value       = azurerm_log_analytics_workspace.this.id
}

output "outbound_range" {
  description = "The addresses that others see us come from."
  value       = azurerm_public_ip_prefix.out.ip_prefix
}
