# Who may talk to whom between subnets. What is not said is refused; Azure's own rule that the whole network may talk is overruled.

locals {
  allowed = {
    endpoints = {
      services = { priority = 200, from = [var.ranges.nodes, var.ranges.machines, var.ranges.control], ports = ["443", "5671", "9093", "10250-10259", "10260-10300"] }
    }
    machines = {
      health = { priority = 200, from = ["AzureLoadBalancer"], ports = ["8080"] }
    }
  }

  rules = merge([for subnet, rules in local.allowed : { for name, rule in rules : "${subnet}-${name}" => merge(rule, { subnet = subnet, name = name }) }]...)
}

resource "azurerm_network_security_group" "this" {
  for_each = local.allowed

  name                = "${local.name}-${each.key}"
  resource_group_name = var.resource_group_name
  location            = var.location
  tags                = var.tags
}

resource "azurerm_network_security_rule" "allowed" {
  for_each = local.rules

  name                        = each.value.name
  resource_group_name         = var.resource_group_name
  network_security_group_name = azurerm_network_security_group.this[each.value.subnet].name
  priority                    = each.value.priority
  direction                   = "Inbound"
  access                      = "Allow"
  protocol                    = "Tcp"
  source_port_range           = "*"
  source_address_prefix       = length(each.value.from) == 1 ? each.value.from[0] : null
  source_address_prefixes     = length(each.value.from) > 1 ? each.value.from : null
  destination_port_ranges     = each.value.ports
  destination_address_prefix  = var.ranges[each.value.subnet]
}

resource "azurerm_network_security_rule" "refused" {
  for_each = local.allowed

  name                        = "refuse-others"
  resource_group_name         = var.resource_group_name
  network_security_group_name = azurerm_network_security_group.this[each.key].name
  priority                    = 4000
  direction                   = "Inbound"
  access                      = "Deny"
  protocol                    = "*"
  source_port_range           = "*"
  source_address_prefix       = "*"
  destination_port_range      = "*"
  destination_address_prefix  = "*"
}

# The nodes' subnet has none of ours: AKS keeps its own beside their interfaces, and inside of the cluster network policies say who talks.
resource "azurerm_subnet_network_security_group_association" "this" {
  for_each = local.allowed

  subnet_id                 = azurerm_subnet.this[each.key].id
  network_security_group_id = azurerm_network_security_group.this[each.key].id

  depends_on = [azurerm_network_security_rule.allowed, azurerm_network_security_rule.refused]
}
