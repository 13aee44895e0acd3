# Every flow of the network, kept for a while and analysed.

resource "azurerm_log_analytics_workspace" "this" {
  name                         = "${local.name}-network"
  resource_group_name          = var.resource_group_name
  location                     = var.location
  sku                          = "PerGB2018"
  retention_in_days            = 90
  local_authentication_enabled = false
  tags                         = var.tags
}

resource "azurerm_storage_account" "flows" {
  name                            = "${substr(replace("${var.env}flows${var.org}", "-", ""), 0, 18)}${substr(sha256("${var.subscription_id}/${var.org}"), 0, 6)}"
  resource_group_name             = var.resource_group_name
  location                        = var.location
  account_tier                    = "Standard"
  account_replication_type        = "ZRS"
  min_tls_version                 = "TLS1_2"
  shared_access_key_enabled       = false
  default_to_oauth_authentication = true
  allow_nested_items_to_be_public = false
  local_user_enabled              = false
  public_network_access_enabled   = false
  tags                            = var.tags

  blob_properties {
    delete_retention_policy {
      days = 7
    }

    container_delete_retention_policy {
      days = 7
    }
  }

  identity {
    type = "SystemAssigned"
  }

  network_rules {
    default_action = "Deny"
    bypass         = ["AzureServices"] # the network watcher writes here
  }
}

# One in each region and subscription; that Azure makes one by itself is switched off in our subscriptions.
resource "azurerm_network_watcher" "this" {
  name                = local.name
  resource_group_name = var.resource_group_name
  location            = var.location
  tags                = var.tags
}

resource "azurerm_network_watcher_flow_log" "this" {
  name                 = local.name
  network_watcher_name = azurerm_network_watcher.this.name
  resource_group_name  = var.resource_group_name
  target_resource_id   = azurerm_virtual_network.this.id
  storage_account_id   = azurerm_storage_account.flows.id
  enabled              = true
  version              = 2
  tags                 = var.tags

  retention_policy {
    enabled = true
    days    = 90
  }

  traffic_analytics {
    enabled               = true
    workspace_id          = azurerm_log_analytics_workspace.this.workspace_id
    workspace_region      = var.location
    workspace_resource_id = azurerm_log_analytics_workspace.this.id
    interval_in_minutes   = 10
  }
}
