# Roles of people: they look, and do by hand what has no stack. Changes go through the stacks.

locals {
  permissions = {
    auditor = {
      hours        = "PT8H"
      changes      = false
      actions      = ["*/read", "Microsoft.PolicyInsights/*/action", "Microsoft.OperationalInsights/workspaces/query/*/read"]
      data_actions = []
    }

    # Without what could hold a secret: settings, keys, and values of any vault.
    reader = {
      hours = "PT8H"
      actions = [
        "Microsoft.Resources/subscriptions/resourceGroups/read", "Microsoft.Network/*/read", "Microsoft.Compute/*/read",
        "Microsoft.ContainerService/*/read", "Microsoft.ContainerRegistry/registries/read", "Microsoft.DocumentDB/databaseAccounts/read",
        "Microsoft.EventHub/namespaces/read", "Microsoft.Insights/*/read", "Microsoft.OperationalInsights/workspaces/read",
        "Microsoft.OperationalInsights/workspaces/query/*/read", "Microsoft.Support/*",
      ]
      changes      = false
      data_actions = []
    }

    cluster-operator = {
      hours   = "PT4H"
      changes = true
      actions = [
        "Microsoft.ContainerService/managedClusters/read", "Microsoft.ContainerService/managedClusters/listClusterUserCredential/action",
        "Microsoft.ContainerService/managedClusters/start/action", "Microsoft.ContainerService/managedClusters/abort/action",
        "Microsoft.Compute/virtualMachineScaleSets/read", "Microsoft.Compute/virtualMachineScaleSets/virtualMachines/*/read",
        "Microsoft.Compute/virtualMachineScaleSets/restart/action", "Microsoft.Compute/virtualMachineScaleSets/reimage/action",
      ]
      data_actions = []
    }

    database-operator = {
      hours   = "PT4H"
      changes = true
      actions = [
        "Microsoft.DocumentDB/databaseAccounts/read", "Microsoft.DocumentDB/databaseAccounts/failoverPriorityChange/action",
        "Microsoft.DocumentDB/locations/restorableDatabaseAccounts/*/read", "Microsoft.DocumentDB/databaseAccounts/metrics/read",
        "Microsoft.EventHub/namespaces/read", "Microsoft.Fabric/capacities/read", "Microsoft.Fabric/capacities/suspend/action",
        "Microsoft.Fabric/capacities/resume/action", "Microsoft.Insights/metrics/read",
      ]
      data_actions = []
    }
  }
}

resource "azurerm_role_definition" "team" {
  for_each = local.permissions

  name              = "${var.org} ${each.key}"
  description       = "Of people, for ${each.value.hours} at a time."
  scope             = var.management_group_id
  assignable_scopes = [var.management_group_id]

  permissions {
    actions      = each.value.actions
    data_actions = each.value.data_actions
  }
}
