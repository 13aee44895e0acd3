# Layer 1: people. Nobody has rights for good: whoever is in a group may take its roles for some hours, with a second factor and a reason;
# in prod another person agrees.

locals {
  teams = toset(["security", "platform", "databases", "team-a", "team-b"])

  # TEAM => which of the roles below it may take in each environment.
  eligible = {
    security  = ["auditor"]
    platform  = ["reader", "cluster-operator"]
    databases = ["reader", "database-operator"]
    team-a    = ["reader"]
    team-b    = ["reader"]
  }

  assignments = merge([
    for pair in setproduct(keys(var.subscriptions), local.teams) : {
      for role in local.eligible[pair[1]] : "${pair[0]}/${pair[1]}/${role}" => { environment = pair[0], team = pair[1], role = role }
    }
  ]...)

  roles = toset(keys(local.permissions))
}

resource "azuread_group" "team" {
  for_each = local.teams

  display_name            = "${var.org}-${each.key}"
  description             = "People of ${each.key}. Who is in it is said by the directory, not here."
  security_enabled        = true
  prevent_duplicate_names = true

  lifecycle {
    ignore_changes = [members, owners] # joiners and leavers are the directory's
  }
}

resource "azurerm_pim_eligible_role_assignment" "team" {
  for_each = local.assignments

  scope              = "/subscriptions/${var.subscriptions[each.value.environment]}"
  role_definition_id = azurerm_role_definition.team[each.value.role].role_definition_resource_id
  principal_id       = azuread_group.team[each.value.team].object_id
  justification      = "Stack people of ${var.org}."

  schedule {
    start_date_time = var.eligible_from

    expiration {
      duration_days = 365
    }
  }

  depends_on = [azurerm_role_management_policy.this]
}

# How a role is taken up. What is read only needs a reason; what changes anything in prod needs a second person.
resource "azurerm_role_management_policy" "this" {
  for_each = { for pair in setproduct(keys(var.subscriptions), local.roles) : join("/", pair) => { environment = pair[0], role = pair[1] } }

  scope              = "/subscriptions/${var.subscriptions[each.value.environment]}"
  role_definition_id = azurerm_role_definition.team[each.value.role].role_definition_resource_id

  activation_rules {
    maximum_duration                   = local.permissions[each.value.role].hours
    require_justification              = true
    require_multifactor_authentication = true
    require_approval                   = each.value.environment != "dev" && local.permissions[each.value.role].changes

    dynamic "approval_stage" {
      for_each = each.value.environment != "dev" && local.permissions[each.value.role].changes ? [var.approver_id] : []

      content {
        primary_approver {
          object_id = approval_stage.value
          type      = "Group"
        }
      }
    }
  }

  eligible_assignment_rules {
    expiration_required = true
    expire_after        = "P365D"
  }

  active_assignment_rules {
    expiration_required                = true
    expire_after                       = "P15D"
    require_justification              = true
    require_multifactor_authentication = true
  }
}
