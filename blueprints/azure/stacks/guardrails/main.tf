# Layer 0: what no one in any environment can do, whatever his role. All subscriptions stand under one management group.

locals {
  name = "${var.org}-guardrails"
}

resource "azurerm_management_group" "estate" {
  name         = var.org
  display_name = var.org
}

resource "azurerm_management_group" "environment" {
  for_each = var.subscriptions

  name                       = "${var.org}-${each.key}"
  display_name               = "${var.org} ${each.key}"
  parent_management_group_id = azurerm_management_group.estate.id
  subscription_ids           = [each.value]
}

resource "azurerm_resource_group" "this" {
  name     = local.name
  location = var.location
  tags     = var.tags
}

# What this subscription uses; those of the other environments are registered by their `automation`.
resource "azurerm_resource_provider_registration" "this" {
  for_each = toset(["Microsoft.PolicyInsights", "Microsoft.Insights", "Microsoft.Consumption"])

  name = each.key
}
