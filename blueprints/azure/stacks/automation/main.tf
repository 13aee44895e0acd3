# Layer 1: who the stacks are. A stack of the infrastructure has a resource group of its own, in which its identity may write what it is
# made of, and nothing else anywhere. It plans as an identity that only reads.

locals {
  name   = "${var.org}-${var.env}"
  root   = "/subscriptions/${var.subscription_id}"
  stacks = var.stacks == null ? setsubtract(keys(local.grants), ["dns-parent"]) : var.stacks
  grants = { for name, grant in merge(local.infrastructure, local.in_cluster) : name => grant }
  own    = { for name in local.stacks : name => local.grants[name] if contains(keys(local.infrastructure), name) }

  # An apply plans again before its turn, so only `apply` has the token of the environment that reviewers open.
  identities = merge([for name in local.stacks : { for purpose in ["plan", "apply"] : "${name}-${purpose}" => { stack = name, purpose = purpose } }]...)
}

# What the environment's stacks use. Their own identities may not register anything.
resource "azurerm_resource_provider_registration" "this" {
  for_each = var.env == "shared" ? toset(["Microsoft.Network"]) : toset([
    "Microsoft.ContainerService", "Microsoft.ContainerRegistry", "Microsoft.DocumentDB", "Microsoft.EventHub", "Microsoft.Fabric",
    "Microsoft.KeyVault", "Microsoft.Monitor", "Microsoft.OperationalInsights", "Microsoft.Compute", "Microsoft.Network",
  ])

  name = each.key
}

resource "azurerm_resource_group" "automation" {
  name     = "${local.name}-automation"
  location = var.location
  tags     = var.tags
}

resource "azurerm_resource_group" "stack" {
  for_each = local.own

  name     = "${local.name}-${each.key}"
  location = var.location
  tags     = merge(var.tags, { strata_stack = each.key })
}

resource "azurerm_user_assigned_identity" "stack" {
  for_each = local.identities

  name                = "${local.name}-${each.key}"
  resource_group_name = azurerm_resource_group.automation.name
  location            = var.location
  tags                = var.tags
}

resource "azurerm_federated_identity_credential" "stack" {
  for_each = local.identities

  name                      = "forge"
  user_assigned_identity_id = azurerm_user_assigned_identity.stack[each.key].id
  issuer                    = var.issuer
  audience                  = ["api://AzureADTokenExchange"]
  subject                   = var.subjects[each.value.purpose]
}

resource "azurerm_role_definition" "stack" {
  for_each = local.identities

  name        = "${local.name} stack ${each.key}"
  description = "What the stack ${each.value.stack} needs to ${each.value.purpose}."
  scope       = local.root

  permissions {
    actions          = distinct(concat(local.reads, local.grants[each.value.stack].read, each.value.purpose == "apply" ? local.grants[each.value.stack].write : []))
    data_actions     = each.value.purpose == "apply" ? local.grants[each.value.stack].data : []
    not_data_actions = []
  }
}

# A stack with a group of its own writes in there; stacks of the cluster make groups, named after them.
resource "azurerm_role_assignment" "stack" {
  for_each = local.identities

  scope              = contains(keys(local.own), each.value.stack) ? azurerm_resource_group.stack[each.value.stack].id : local.root
  role_definition_id = azurerm_role_definition.stack[each.key].role_definition_resource_id
  principal_id       = azurerm_user_assigned_identity.stack[each.key].principal_id
  principal_type     = "ServicePrincipal"
}

# What is attached to the network is joined to a subnet and entered in a private zone, and the network's owner says where: this role
# joins, and changes neither.
resource "azurerm_role_definition" "join" {
  name        = "${local.name} join network"
  description = "Attaches to subnets and private zones that are there."
  scope       = local.root

  permissions {
    actions = [
      "Microsoft.Network/virtualNetworks/read", "Microsoft.Network/virtualNetworks/subnets/read", "Microsoft.Network/virtualNetworks/subnets/join/action",
      "Microsoft.Network/virtualNetworks/subnets/joinViaServiceEndpoint/action", "Microsoft.Network/virtualNetworks/join/action",
      "Microsoft.Network/privateDnsZones/read", "Microsoft.Network/privateDnsZones/join/action",
    ]
  }
}

resource "azurerm_role_assignment" "join" {
  for_each = var.env == "shared" ? [] : toset([for name in local.stacks : name if name != "network"])

  scope              = azurerm_resource_group.stack["network"].id
  role_definition_id = azurerm_role_definition.join.role_definition_resource_id
  principal_id       = azurerm_user_assigned_identity.stack["${each.key}-apply"].principal_id
  principal_type     = "ServicePrincipal"
}

# Stacks that let others into what they made assign roles there: those of this list, and never one that could give itself more.
resource "azurerm_role_assignment" "assigner" {
  for_each = { for name in local.stacks : name => local.grants[name].assigns if length(local.grants[name].assigns) > 0 }

  scope                = contains(keys(local.own), each.key) ? azurerm_resource_group.stack[each.key].id : local.root
  role_definition_name = "Role Based Access Control Administrator"
  principal_id         = azurerm_user_assigned_identity.stack["${each.key}-apply"].principal_id
  principal_type       = "ServicePrincipal"
  condition_version    = "2.0"

  condition = join(" AND ", [for verb, source in { write = "Request", delete = "Resource" } :
    "((!(ActionMatches{'Microsoft.Authorization/roleAssignments/${verb}'})) OR (@${source}[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {${join(", ", [for role in each.value : local.role_ids[role]])}}))"
  ])
}

# The child zone is delegated from the parent's group, which is another subscription's.
resource "azurerm_role_assignment" "delegation" {
  count = var.parent_group_id == null ? 0 : 1

  scope                = var.parent_group_id
  role_definition_name = "DNS Zone Contributor"
  principal_id         = azurerm_user_assigned_identity.stack["dns-apply"].principal_id
  principal_type       = "ServicePrincipal"
}
