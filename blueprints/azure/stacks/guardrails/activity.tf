# Who did what, of every subscription: a year to ask questions of, longer in the archive that nobody can change.

resource "azurerm_log_analytics_workspace" "activity" {
  name                         = "${local.name}-activity"
  resource_group_name          = azurerm_resource_group.this.name
  location                     = var.location
  sku                          = "PerGB2018"
  retention_in_days            = 365
  local_authentication_enabled = false
  tags                         = var.tags
}

resource "azurerm_monitor_diagnostic_setting" "activity" {
  for_each = var.subscriptions

  name                       = "activity"
  target_resource_id         = "/subscriptions/${each.value}"
  log_analytics_workspace_id = azurerm_log_analytics_workspace.activity.id
  storage_account_id         = var.archive_id

  dynamic "enabled_log" {
    for_each = toset(["Administrative", "Security", "Policy", "Alert", "ServiceHealth"])

    content {
      category = enabled_log.value
    }
  }
}

resource "azurerm_monitor_action_group" "security" {
  name                = "${local.name}-security"
  resource_group_name = azurerm_resource_group.this.name
  short_name          = "security"
  tags                = var.tags

  email_receiver {
    name                    = "security"
    email_address           = var.security_contact
    use_common_alert_schema = true
  }
}

# What is rare, and never unimportant.
resource "azurerm_monitor_activity_log_alert" "this" {
  for_each = {
    role-given     = "Microsoft.Authorization/roleAssignments/write"
    policy-changed = "Microsoft.Authorization/policyAssignments/write"
    policy-gone    = "Microsoft.Authorization/policyAssignments/delete"
    lock-gone      = "Microsoft.Authorization/locks/delete"
    vault-gone     = "Microsoft.KeyVault/vaults/delete"
  }

  name                = "${local.name}-${each.key}"
  resource_group_name = azurerm_resource_group.this.name
  location            = "global"
  scopes              = [for id in values(var.subscriptions) : "/subscriptions/${id}"]
  description         = "Tells security of ${each.value}."
  tags                = var.tags

  criteria {
    category       = "Administrative"
    operation_name = each.value
  }

  action {
    action_group_id = azurerm_monitor_action_group.security.id
  }
}
