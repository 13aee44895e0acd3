# Policies of the management group. Each denies: a report that nobody reads guards nothing.

locals {
  builtin = "/providers/Microsoft.Authorization/policyDefinitions"

  # Our own, where Azure has none that denies: type of resource, and when it is refused.
  refused = {
    no-public-network = {
      title = "Data services answer in private networks alone"
      rule = {
        anyOf = [
          { allOf = [{ field = "type", equals = "Microsoft.DBforPostgreSQL/flexibleServers" }, { field = "Microsoft.DBforPostgreSQL/flexibleServers/network.publicNetworkAccess", equals = "Enabled" }] },
          { allOf = [{ field = "type", equals = "Microsoft.DocumentDB/databaseAccounts" }, { field = "Microsoft.DocumentDB/databaseAccounts/publicNetworkAccess", notEquals = "Disabled" }] },
          { allOf = [{ field = "type", equals = "Microsoft.EventHub/namespaces" }, { field = "Microsoft.EventHub/namespaces/publicNetworkAccess", notEquals = "Disabled" }] },
          { allOf = [{ field = "type", equals = "Microsoft.ContainerRegistry/registries" }, { field = "Microsoft.ContainerRegistry/registries/publicNetworkAccess", notEquals = "Disabled" }] },
        ]
      }
    }

    no-local-authentication = {
      title = "Keys and passwords of services are off: Entra alone"
      rule = {
        anyOf = [
          { allOf = [{ field = "type", equals = "Microsoft.Storage/storageAccounts" }, { field = "Microsoft.Storage/storageAccounts/allowSharedKeyAccess", notEquals = "false" }] },
          { allOf = [{ field = "type", equals = "Microsoft.DocumentDB/databaseAccounts" }, { field = "Microsoft.DocumentDB/databaseAccounts/disableLocalAuth", notEquals = true }] },
          { allOf = [{ field = "type", equals = "Microsoft.EventHub/namespaces" }, { field = "Microsoft.EventHub/namespaces/disableLocalAuth", notEquals = true }] },
          { allOf = [{ field = "type", equals = "Microsoft.ContainerService/managedClusters" }, { field = "Microsoft.ContainerService/managedClusters/disableLocalAccounts", notEquals = true }] },
        ]
      }
    }

    no-default-outbound = {
      title = "Subnets have no way out that nobody made"
      rule  = { allOf = [{ field = "type", equals = "Microsoft.Network/virtualNetworks/subnets" }, { field = "Microsoft.Network/virtualNetworks/subnets/defaultOutboundAccess", notEquals = false }] }
    }
  }
}

resource "azurerm_policy_definition" "this" {
  for_each = local.refused

  name                = "${var.org}-${each.key}"
  display_name        = each.value.title
  policy_type         = "Custom"
  mode                = "All"
  management_group_id = azurerm_management_group.estate.id
  metadata            = jsonencode({ category = "Guardrails" })
  policy_rule         = jsonencode({ if = each.value.rule, then = { effect = "deny" } })
}

resource "azurerm_management_group_policy_set_definition" "this" {
  name                = "${var.org}-guardrails"
  display_name        = "Guardrails of ${var.org}"
  policy_type         = "Custom"
  management_group_id = azurerm_management_group.estate.id
  metadata            = jsonencode({ category = "Guardrails" })

  dynamic "policy_definition_reference" {
    for_each = azurerm_policy_definition.this

    content {
      policy_definition_id = policy_definition_reference.value.id
      reference_id         = policy_definition_reference.key
    }
  }

  policy_definition_reference {
    policy_definition_id = "${local.builtin}/e56962a6-4747-49cd-b67b-bf8b01975c4c" # allowed locations
    reference_id         = "locations"
    parameter_values     = jsonencode({ listOfAllowedLocations = { value = var.locations } })
  }

  policy_definition_reference {
    policy_definition_id = "${local.builtin}/83a86a26-fd1f-447c-b59d-e51f44264114" # network interfaces have no public addresses
    reference_id         = "no-public-addresses"
  }
}

resource "azurerm_management_group_policy_assignment" "this" {
  name                 = "guardrails"
  display_name         = "Guardrails of ${var.org}"
  management_group_id  = azurerm_management_group.estate.id
  policy_definition_id = azurerm_management_group_policy_set_definition.this.id
  enforce              = true

  non_compliance_message {
    content = "Refused by the estate's guardrails (stack `guardrails`). Ask security."
  }
}
