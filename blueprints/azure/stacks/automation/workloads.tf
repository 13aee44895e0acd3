# Who workloads are. Their identities are made here and can do nothing yet: the stack that has something to give gives it, and the stack
# `cluster`, which knows the cluster's issuer, ties each to one service account.

locals {
  workload_accounts = {
    otel             = "observability/otel-collector"
    external-secrets = "external-secrets/external-secrets"
    velero           = "velero/velero"
    external-dns     = "external-dns/external-dns"
    cert-manager     = "cert-manager/cert-manager"
    argocd           = "argocd/argocd-repo-server"
    orders           = "orders/orders"
    search           = "search/search"
    gateway          = "ingress/gateway"
  }

  workloads = { for name, account in local.workload_accounts : name => account if var.workloads == null ? true : contains(var.workloads, name) }
}

resource "azurerm_user_assigned_identity" "workload" {
  for_each = local.workloads

  name                = "${local.name}-workload-${each.key}"
  resource_group_name = azurerm_resource_group.automation.name
  location            = var.location
  tags                = var.tags
}

# The control plane and the machines' agent.
resource "azurerm_user_assigned_identity" "cluster" {
  for_each = contains(local.stacks, "cluster") ? toset(["control", "kubelet"]) : []

  name                = "${local.name}-cluster-${each.key}"
  resource_group_name = azurerm_resource_group.automation.name
  location            = var.location
  tags                = var.tags
}

# The control plane gives its machines the agent's identity, and attaches them to the network.
resource "azurerm_role_assignment" "kubelet" {
  count = contains(local.stacks, "cluster") ? 1 : 0

  scope                = azurerm_user_assigned_identity.cluster["kubelet"].id
  role_definition_name = "Managed Identity Operator"
  principal_id         = azurerm_user_assigned_identity.cluster["control"].principal_id
  principal_type       = "ServicePrincipal"
}

resource "azurerm_role_assignment" "control" {
  count = contains(local.stacks, "cluster") ? 1 : 0

  scope                = azurerm_resource_group.stack["network"].id
  role_definition_name = "Network Contributor" # AKS asks for no less: it makes load balancers and endpoints in the subnets
  principal_id         = azurerm_user_assigned_identity.cluster["control"].principal_id
  principal_type       = "ServicePrincipal"
}

# Ties workloads to service accounts, and nothing else of these identities.
resource "azurerm_role_definition" "federate" {
  count = contains(local.stacks, "cluster") ? 1 : 0

  name        = "${local.name} federate workloads"
  description = "Writes federated credentials of workloads and uses the cluster's identities."
  scope       = azurerm_resource_group.automation.id

  permissions {
    actions = [
      "Microsoft.ManagedIdentity/userAssignedIdentities/read", "Microsoft.ManagedIdentity/userAssignedIdentities/assign/action",
      "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials/*",
    ]
  }
}

resource "azurerm_role_assignment" "federate" {
  for_each = contains(local.stacks, "cluster") ? merge(
    { for name, identity in azurerm_user_assigned_identity.workload : name => identity.id },
    { for name, identity in azurerm_user_assigned_identity.cluster : "cluster-${name}" => identity.id },
  ) : {}

  scope              = each.value
  role_definition_id = azurerm_role_definition.federate[0].role_definition_resource_id
  principal_id       = azurerm_user_assigned_identity.stack["cluster-apply"].principal_id
  principal_type     = "ServicePrincipal"
}
