# Layer 2: the environment's names: public ones, delegated from the parent, and private ones, answered in the network alone.

resource "azurerm_dns_zone" "this" {
  name                = var.domain
  resource_group_name = var.resource_group_name
  tags                = var.tags
}

resource "azurerm_dns_ns_record" "delegation" {
  provider = azurerm.parent

  name                = trimsuffix(var.domain, ".${var.parent.name}")
  resource_group_name = var.parent.resource_group_name
  zone_name           = var.parent.name
  ttl                 = 3600
  records             = azurerm_dns_zone.this.name_servers
  tags                = var.tags
}

resource "azurerm_private_dns_zone" "internal" {
  name                = "internal.${var.domain}"
  resource_group_name = var.resource_group_name
  tags                = var.tags
}

resource "azurerm_private_dns_zone_virtual_network_link" "internal" {
  name                 = "network"
  private_dns_zone_id  = azurerm_private_dns_zone.internal.id
  virtual_network_id   = var.network_id
  registration_enabled = true
  tags                 = var.tags
}

resource "azurerm_management_lock" "this" {
  for_each = var.protected ? { public = azurerm_dns_zone.this.id, private = azurerm_private_dns_zone.internal.id } : {}

  name       = "keep"
  scope      = each.value
  lock_level = "CanNotDelete"
  notes      = "Name servers of a zone that is made anew are others: the delegation would lead nowhere."
}
