# Layer 2: what happened, as a stream, and all of it kept in a lake: Event Hubs captures into Data Lake by itself.

locals {
  name   = "${var.org}-${var.env}-events"
  unique = substr(sha256("${var.subscription_id}/${var.org}"), 0, 6)
}

module "key" {
  source = "../../modules/key"

  name                = "events"
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

resource "azurerm_eventhub_namespace" "this" {
  name                          = "${local.name}-${local.unique}"
  resource_group_name           = var.resource_group_name
  location                      = var.location
  sku                           = "Premium"
  capacity                      = var.units
  local_authentication_enabled  = false
  public_network_access_enabled = false
  minimum_tls_version           = "1.2"
  tags                          = var.tags

  identity {
    type         = "UserAssigned"
    identity_ids = [module.key.identity_id, azurerm_user_assigned_identity.capture.id]
  }
}

resource "azurerm_eventhub_namespace_customer_managed_key" "this" {
  eventhub_namespace_id             = azurerm_eventhub_namespace.this.id
  key_vault_key_ids                 = [module.key.key_id]
  user_assigned_identity_id         = module.key.identity_id
  infrastructure_encryption_enabled = true
}

resource "azurerm_eventhub" "orders" {
  name            = "orders"
  namespace_id    = azurerm_eventhub_namespace.this.id
  partition_count = 8

  retention_description {
    cleanup_policy          = "Delete"
    retention_time_in_hours = 168
  }

  capture_description {
    enabled             = true
    encoding            = "Avro"
    interval_in_seconds = 300
    size_limit_in_bytes = 314572800
    skip_empty_archives = true

    destination {
      name                        = "EventHubArchive.AzureBlockBlob"
      archive_name_format         = "{Namespace}/{EventHub}/{Year}/{Month}/{Day}/{Hour}/{Minute}/{Second}/{PartitionId}"
      blob_container_name         = azurerm_storage_data_lake_gen2_filesystem.raw.name
      storage_account_id          = azurerm_storage_account.lake.id
      storage_authentication_type = "UserAssigned"
      storage_authentication_id   = azurerm_user_assigned_identity.capture.id
    }
  }

  depends_on = [azurerm_role_assignment.capture, azurerm_eventhub_namespace_customer_managed_key.this]
}

resource "azurerm_eventhub_consumer_group" "search" {
  name                = "search"
  resource_group_name = var.resource_group_name
  namespace_name      = azurerm_eventhub_namespace.this.name
  eventhub_name       = azurerm_eventhub.orders.name
}

# An app sends to its own hub, and reads none.
resource "azurerm_role_assignment" "sender" {
  for_each = var.sender_ids

  scope                = azurerm_eventhub.orders.id
  role_definition_name = "Azure Event Hubs Data Sender"
  principal_id         = each.value
  principal_type       = "ServicePrincipal"
}

resource "azurerm_management_lock" "this" {
  for_each = var.protected ? { events = azurerm_eventhub_namespace.this.id, lake = azurerm_storage_account.lake.id } : {}

  name       = "keep"
  scope      = each.value
  lock_level = "CanNotDelete"
  notes      = "Events that are not yet read, and all that ever were."
}

resource "azurerm_private_endpoint" "events" {
  name                = "${local.name}-events"
  resource_group_name = var.resource_group_name
  location            = var.location
  subnet_id           = var.endpoint_subnet_id
  tags                = var.tags

  private_service_connection {
    name                           = "events"
    private_connection_resource_id = azurerm_eventhub_namespace.this.id
    subresource_names              = ["namespace"]
    is_manual_connection           = false
  }

  private_dns_zone_group {
    name                 = "events"
    private_dns_zone_ids = [var.private_zone_ids["events"]]
  }
}
