output "management_group_id" {
  description = "The group of all subscriptions."
  value       = azurerm_management_group.estate.id
  depends_on  = [azurerm_management_group.environment]
}

output "activity_workspace_id" {
  description = "Where activity is asked of."
  value       = azurerm_log_analytics_workspace.activity.id
}
