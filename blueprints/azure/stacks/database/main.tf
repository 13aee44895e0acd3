# Layer 2: the orders, in Cosmos DB. There is no key and no password: Entra says who comes in, and our roles say what he may do.

locals {
  name = "${var.org}-${var.env}-orders"

  # The last region is written to when the first is lost.
  regions = concat([var.location], var.replica_location == null ? [] : [var.replica_location])
}

module "key" {
  source = "../../modules/key"

  name                = "orders"
  org                 = var.org
  env                 = var.env
  location            = var.location
  subscription_id     = var.subscription_id
  tenant_id           = var.tenant_id
  tags                = var.tags
  resource_group_name = var.resource_group_name
  endpoint_subnet_id  = var.endpoint_subnet_id
  private_zone_id     = var.private_zone_ids["vault"]
}

resource "azurerm_cosmosdb_account" "orders" {
  name                          = "${local.name}-${substr(sha256("${var.subscription_id}/${var.org}"), 0, 6)}"
  resource_group_name           = var.resource_group_name
  location                      = var.location
  offer_type                    = "Standard"
  kind                          = "GlobalDocumentDB"
  local_authentication_enabled  = false
  public_network_access_enabled = false
  automatic_failover_enabled    = length(local.regions) > 1
  minimal_tls_version           = "Tls12"
  key_vault_key_id              = module.key.key_id
  default_identity_type         = "UserAssignedIdentity=${module.key.identity_id}"
  tags                          = var.tags

  # Keys, where they are read at all, are no way to change settings.
  access_key_metadata_writes_enabled = false

  consistency_policy {
    consistency_level = "Session"
  }

  dynamic "geo_location" {
    for_each = local.regions

    content {
      location          = geo_location.value
      failover_priority = geo_location.key
      zone_redundant    = var.protected
    }
  }

  # Any second of the last days can be had back.
  backup {
    type = "Continuous"
    tier = var.backup_tier
  }

  identity {
    type         = "UserAssigned"
    identity_ids = [module.key.identity_id]
  }
}

resource "azurerm_cosmosdb_sql_database" "orders" {
  name                = "orders"
  resource_group_name = var.resource_group_name
  account_name        = azurerm_cosmosdb_account.orders.name
}

resource "azurerm_cosmosdb_sql_container" "orders" {
  for_each = var.containers

  name                  = each.key
  resource_group_name   = var.resource_group_name
  account_name          = azurerm_cosmosdb_account.orders.name
  database_name         = azurerm_cosmosdb_sql_database.orders.name
  partition_key_paths   = [each.value]
  partition_key_version = 2

  autoscale_settings {
    max_throughput = var.throughput
  }
}

resource "azurerm_management_lock" "orders" {
  count = var.protected ? 1 : 0

  name       = "keep"
  scope      = azurerm_cosmosdb_account.orders.id
  lock_level = "CanNotDelete"
  notes      = "The orders."
}

resource "azurerm_private_endpoint" "cosmos" {
  name                = "${local.name}-cosmos"
  resource_group_name = var.resource_group_name
  location            = var.location
  subnet_id           = var.endpoint_subnet_id
  tags                = var.tags

  private_service_connection {
    name                           = "cosmos"
    private_connection_resource_id = azurerm_cosmosdb_account.orders.id
    subresource_names              = ["Sql"]
    is_manual_connection           = false
  }

  private_dns_zone_group {
    name                 = "cosmos"
    private_dns_zone_ids = [var.private_zone_ids["cosmos"]]
  }
}
