# The lake: raw events, first warm, then cold, then gone.

resource "azurerm_storage_account" "lake" {
  name                              = "${substr(replace("${var.env}lake${var.org}", "-", ""), 0, 18)}${local.unique}"
  resource_group_name               = var.resource_group_name
  location                          = var.location
  account_tier                      = "Standard"
  account_replication_type          = "ZRS"
  account_kind                      = "StorageV2"
  is_hns_enabled                    = true
  min_tls_version                   = "TLS1_2"
  shared_access_key_enabled         = false
  default_to_oauth_authentication   = true
  allow_nested_items_to_be_public   = false
  cross_tenant_replication_enabled  = false
  local_user_enabled                = false
  infrastructure_encryption_enabled = true
  public_network_access_enabled     = false
  tags                              = var.tags

  blob_properties {
    delete_retention_policy {
      days = 30
    }

    container_delete_retention_policy {
      days = 30
    }
  }

  identity {
    type         = "UserAssigned"
    identity_ids = [module.key.identity_id]
  }

  customer_managed_key {
    key_vault_key_id          = module.key.key_id
    user_assigned_identity_id = module.key.identity_id
  }

  network_rules {
    default_action = "Deny"
    bypass         = ["AzureServices"] # Event Hubs' capture, as the identity below
  }
}

resource "azurerm_storage_data_lake_gen2_filesystem" "raw" {
  name               = "raw"
  storage_account_id = azurerm_storage_account.lake.id

  depends_on = [azurerm_private_endpoint.lake]
}

resource "azurerm_storage_management_policy" "raw" {
  storage_account_id = azurerm_storage_account.lake.id

  rule {
    name    = "raw"
    enabled = true

    filters {
      blob_types   = ["blockBlob"]
      prefix_match = ["raw/"]
    }

    actions {
      base_blob {
        tier_to_cool_after_days_since_modification_greater_than = min(30, var.raw_days - 1)
        delete_after_days_since_modification_greater_than       = var.raw_days
      }
    }
  }
}

resource "azurerm_user_assigned_identity" "capture" {
  name                = "${local.name}-capture"
  resource_group_name = var.resource_group_name
  location            = var.location
  tags                = var.tags
}

resource "azurerm_role_assignment" "capture" {
  scope                = azurerm_storage_account.lake.id
  role_definition_name = "Storage Blob Data Contributor"
  principal_id         = azurerm_user_assigned_identity.capture.principal_id
  principal_type       = "ServicePrincipal"
}

resource "azurerm_private_endpoint" "lake" {
  name                = "${local.name}-lake"
  resource_group_name = var.resource_group_name
  location            = var.location
  subnet_id           = var.endpoint_subnet_id
  tags                = var.tags

  private_service_connection {
    name                           = "lake"
    private_connection_resource_id = azurerm_storage_account.lake.id
    subresource_names              = ["dfs"]
    is_manual_connection           = false
  }

  private_dns_zone_group {
    name                 = "lake"
    private_dns_zone_ids = [var.private_zone_ids["lake"]]
  }
}

resource "azurerm_private_endpoint" "blob" {
  name                = "${local.name}-blob"
  resource_group_name = var.resource_group_name
  location            = var.location
  subnet_id           = var.endpoint_subnet_id
  tags                = var.tags

  private_service_connection {
    name                           = "blob"
    private_connection_resource_id = azurerm_storage_account.lake.id
    subresource_names              = ["blob"]
    is_manual_connection           = false
  }

  private_dns_zone_group {
    name                 = "blob"
    private_dns_zone_ids = [var.private_zone_ids["blob"]]
  }
}

resource "azurerm_role_assignment" "reader" {
  for_each = var.reader_ids

  scope                = azurerm_storage_account.lake.id
  role_definition_name = "Storage Blob Data Reader"
  principal_id         = each.value
  principal_type       = "Group"
}
