# Names of private endpoints, once for the network: services enter their own addresses.

locals {
  zones = {
    vault    = "privatelink.vaultcore.azure.net"
    cosmos   = "privatelink.documents.azure.com"
    registry = "privatelink.azurecr.io"
    events   = "privatelink.servicebus.windows.net"
    lake     = "privatelink.dfs.core.windows.net"
    blob     = "privatelink.blob.core.windows.net"
  }
}

resource "azurerm_private_dns_zone" "this" {
  for_each = local.zones

  name                = each.value
  resource_group_name = var.resource_group_name
  tags                = var.tags
}

resource "azurerm_private_dns_zone_virtual_network_link" "this" {
  for_each = local.zones

  name                = local.name
  private_dns_zone_id = azurerm_private_dns_zone.this[each.key].id
  virtual_network_id  = azurerm_virtual_network.this.id
  tags                = var.tags
}
