# Layer 0: what all else rests on: the team's store in PostgreSQL, the seals of audit, and their keys.

locals {
  name   = "${var.org}-${var.env}-store"
  unique = substr(sha256("${var.subscription_id}/${var.org}"), 0, 6) # names of services are unique in the world
}

resource "azurerm_resource_group" "this" {
  name     = local.name
  location = var.location
  tags     = var.tags
}

# Nobody deletes anything in here by mistake, whatever his role: the lock goes first, and two people see that.
resource "azurerm_management_lock" "this" {
  name       = "keep"
  scope      = azurerm_resource_group.this.id
  lock_level = "CanNotDelete"
  notes      = "The store, its keys and the audit of all environments."

  depends_on = [azurerm_postgresql_flexible_server.this, azurerm_storage_account.audit, module.key]
}

module "key" {
  source = "../../modules/key"

  name                = "store"
  org                 = var.org
  env                 = var.env
  location            = var.location
  subscription_id     = var.subscription_id
  tenant_id           = var.tenant_id
  tags                = var.tags
  resource_group_name = azurerm_resource_group.this.name
  endpoint_subnet_id  = azurerm_subnet.endpoints.id
  private_zone_id     = azurerm_private_dns_zone.this["vault"].id
  operator_ranges     = var.operator_ranges

  depends_on = [azurerm_private_dns_zone_virtual_network_link.this]
}

# The key that seals secrets of the store, beside the one that its disks are encrypted with.
resource "azurerm_key_vault_key" "seal" {
  name         = "seal"
  key_vault_id = module.key.vault_id
  key_type     = "RSA-HSM"
  key_size     = 4096
  key_opts     = ["wrapKey", "unwrapKey"]
  tags         = var.tags
}

resource "azurerm_role_assignment" "keys" {
  scope                = module.key.vault_id
  role_definition_name = "Key Vault Crypto Officer"
  principal_id         = var.administrators.object_id
  principal_type       = "Group"
}
