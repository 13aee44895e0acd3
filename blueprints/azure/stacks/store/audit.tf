# Seals of audit and the archive of activity logs: written once, changed by nobody before their time. No shared keys.

resource "azurerm_storage_account" "audit" {
  name                              = "${substr(replace("audit${var.org}", "-", ""), 0, 18)}${local.unique}"
  resource_group_name               = azurerm_resource_group.this.name
  location                          = var.location
  account_tier                      = "Standard"
  account_replication_type          = "GZRS"
  min_tls_version                   = "TLS1_2"
  shared_access_key_enabled         = false
  default_to_oauth_authentication   = true
  allow_nested_items_to_be_public   = false
  cross_tenant_replication_enabled  = false
  local_user_enabled                = false
  infrastructure_encryption_enabled = true
  public_network_access_enabled     = length(var.operator_ranges) > 0
  tags                              = var.tags

  blob_properties {
    versioning_enabled = true

    delete_retention_policy {
      days = 90
    }

    container_delete_retention_policy {
      days = 90
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
    bypass         = ["AzureServices"] # the platform writes activity logs here
    ip_rules       = var.operator_ranges
  }

  lifecycle {
    prevent_destroy = true
  }
}

resource "azurerm_storage_container" "seals" {
  name                  = "seals"
  storage_account_id    = azurerm_storage_account.audit.id
  container_access_type = "private"
}

# Locked, it can be made longer and never shorter, by Microsoft's support neither.
resource "azurerm_storage_container_immutability_policy" "seals" {
  storage_container_resource_manager_id = azurerm_storage_container.seals.id
  immutability_period_in_days           = var.retention_days
  protected_append_writes_all_enabled   = true
  locked                                = var.lock_audit
}

# Runners that apply add seals; none reads others' or removes any.
resource "azurerm_role_definition" "sealer" {
  name        = "${local.name}-sealer"
  description = "Adds blobs to the seals of audit."
  scope       = azurerm_resource_group.this.id

  permissions {
    actions      = ["Microsoft.Storage/storageAccounts/blobServices/containers/read"]
    data_actions = ["Microsoft.Storage/storageAccounts/blobServices/containers/blobs/add/action"]
  }
}

resource "azurerm_role_assignment" "sealer" {
  for_each = var.runners

  scope              = azurerm_storage_container.seals.id
  role_definition_id = azurerm_role_definition.sealer.role_definition_resource_id
  principal_id       = each.value
  principal_type     = "ServicePrincipal"
}

resource "azurerm_private_endpoint" "audit" {
  name                = "${local.name}-audit"
  resource_group_name = azurerm_resource_group.this.name
  location            = var.location
  subnet_id           = azurerm_subnet.endpoints.id
  tags                = var.tags

  private_service_connection {
    name                           = "blob"
    private_connection_resource_id = azurerm_storage_account.audit.id
    subresource_names              = ["blob"]
    is_manual_connection           = false
  }

  private_dns_zone_group {
    name                 = "blob"
    private_dns_zone_ids = [azurerm_private_dns_zone.this["blob"].id]
  }
}
