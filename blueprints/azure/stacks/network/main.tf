# Layer 2: one network. Nothing in it has a public address; the way out is one NAT gateway, whose addresses others may know.

locals {
  name = "${var.org}-${var.env}"

  # Vaults and accounts of the cluster's services admit subnets by service endpoints.
  subnets = {
    nodes     = { range = var.ranges.nodes, services = ["Microsoft.KeyVault", "Microsoft.Storage"], delegated = null }
    control   = { range = var.ranges.control, services = [], delegated = "Microsoft.ContainerService/managedClusters" }
    machines  = { range = var.ranges.machines, services = ["Microsoft.KeyVault", "Microsoft.Storage"], delegated = null }
    endpoints = { range = var.ranges.endpoints, services = [], delegated = null }
  }
}

resource "azurerm_virtual_network" "this" {
  name                = local.name
  resource_group_name = var.resource_group_name
  location            = var.location
  address_space       = [var.ranges.space]
  tags                = var.tags

  encryption {
    enforcement = "AllowUnencrypted" # encrypts between machines that can; refusing others is not offered yet
  }
}

resource "azurerm_subnet" "this" {
  for_each = local.subnets

  name                              = each.key
  resource_group_name               = var.resource_group_name
  virtual_network_name              = azurerm_virtual_network.this.name
  address_prefixes                  = [each.value.range]
  default_outbound_access_enabled   = false
  private_endpoint_network_policies = "Enabled" # security groups count for endpoints too

  dynamic "service_endpoint" {
    for_each = each.value.services

    content {
      service = service_endpoint.value
    }
  }

  dynamic "delegation" {
    for_each = each.value.delegated == null ? [] : [each.value.delegated]

    content {
      name = "service"

      service_delegation {
        name    = delegation.value
        actions = ["Microsoft.Network/virtualNetworks/subnets/join/action"]
      }
    }
  }
}

resource "azurerm_public_ip_prefix" "out" {
  name                = "${local.name}-out"
  resource_group_name = var.resource_group_name
  location            = var.location
  prefix_length       = 30
  sku                 = "StandardV2"
  zones               = ["1", "2", "3"]
  tags                = var.tags
}

# The second generation spans zones: one gateway outlives any of them.
resource "azurerm_nat_gateway" "out" {
  name                    = "${local.name}-out"
  resource_group_name     = var.resource_group_name
  location                = var.location
  sku_name                = "StandardV2"
  idle_timeout_in_minutes = 10
  zones                   = ["1", "2", "3"]
  tags                    = var.tags
}

resource "azurerm_nat_gateway_public_ip_prefix_association" "out" {
  nat_gateway_id      = azurerm_nat_gateway.out.id
  public_ip_prefix_id = azurerm_public_ip_prefix.out.id
}

# Endpoints need no way out, and have none.
resource "azurerm_subnet_nat_gateway_association" "out" {
  for_each = toset(["nodes", "machines"])

  subnet_id      = azurerm_subnet.this[each.key].id
  nat_gateway_id = azurerm_nat_gateway.out.id

  depends_on = [azurerm_nat_gateway_public_ip_prefix_association.out]
}

resource "azurerm_management_lock" "this" {
  count = var.protected ? 1 : 0

  name       = "keep"
  scope      = azurerm_virtual_network.this.id
  lock_level = "CanNotDelete"
  notes      = "Everything of ${var.env} is attached to it."
}
