# A customer's key with a vault of its own, and the identity that services read it as. A vault for each stack: who is let into one sees no
# other's keys, and deleting one touches one stack.

locals {
  # A vault's name is unique in the world and has 24 letters at most.
  vault = "${trimsuffix(substr("${var.env}-${var.name}-${var.org}", 0, 17), "-")}-${substr(sha256("${var.subscription_id}/${var.org}/${var.name}"), 0, 6)}"
}

resource "azurerm_key_vault" "this" {
  name                          = local.vault
  resource_group_name           = var.resource_group_name
  location                      = var.location
  tenant_id                     = var.tenant_id
  sku_name                      = "premium"
  rbac_authorization_enabled    = true
  purge_protection_enabled      = true # services refuse a key without it, and rightly
  soft_delete_retention_days    = 90
  public_network_access_enabled = length(var.operator_ranges) > 0
  tags                          = var.tags

  network_acls {
    default_action = "Deny"
    bypass         = "AzureServices" # the services that hold data under the key
    ip_rules       = var.operator_ranges
  }
}

resource "azurerm_private_endpoint" "vault" {
  name                = "${var.org}-${var.env}-${var.name}-vault"
  resource_group_name = var.resource_group_name
  location            = var.location
  subnet_id           = var.endpoint_subnet_id
  tags                = var.tags

  private_service_connection {
    name                           = "vault"
    private_connection_resource_id = azurerm_key_vault.this.id
    subresource_names              = ["vault"]
    is_manual_connection           = false
  }

  private_dns_zone_group {
    name                 = "vault"
    private_dns_zone_ids = [var.private_zone_id]
  }
}

resource "azurerm_key_vault_key" "this" {
  name         = var.name
  key_vault_id = azurerm_key_vault.this.id
  key_type     = "RSA-HSM"
  key_size     = 3072
  key_opts     = ["wrapKey", "unwrapKey"]
  tags         = var.tags

  rotation_policy {
    expire_after         = "P2Y"
    notify_before_expiry = "P30D"

    automatic {
      time_before_expiry = "P60D"
    }
  }

  depends_on = [azurerm_private_endpoint.vault]
}

resource "azurerm_user_assigned_identity" "this" {
  name                = "${var.org}-${var.env}-${var.name}-encryption"
  resource_group_name = var.resource_group_name
  location            = var.location
  tags                = var.tags
}

# May wrap and unwrap with this key; may not read, change or delete it.
resource "azurerm_role_assignment" "this" {
  scope                = azurerm_key_vault_key.this.resource_versionless_id
  role_definition_name = "Key Vault Crypto Service Encryption User"
  principal_id         = azurerm_user_assigned_identity.this.principal_id
  principal_type       = "ServicePrincipal"
}
