output "group_ids" {
  description = "Object ids of the teams' groups."
  value       = { for team, group in azuread_group.team : team => group.object_id }
}

output "role_ids" {
  description = "The roles that people may take."
  value       = { for name, role in azurerm_role_definition.team : name => role.role_definition_resource_id }
}
