# Who gets in. Entra says who someone is; Azure's roles say what stacks may do, and the cluster's own bindings what people may.

locals {
  # Whole-cluster stacks administer it; those of apps their namespaces.
  administering = ["cluster-base", "observability", "admission", "secrets", "backup", "mesh", "ingress", "edge", "delivery"]
  in_namespaces = { orders = ["orders"], search = ["search", "argocd"] }

  stacks = concat(local.administering, keys(local.in_namespaces))

  namespaced = merge([for name, namespaces in local.in_namespaces : { for namespace in namespaces : "${name}/${namespace}" => { stack = name, namespace = namespace } }]...)
}

# Everyone who comes needs the address and the authority; they open nothing.
resource "azurerm_role_assignment" "find" {
  for_each = merge(
    { for pair in setproduct(local.stacks, ["plan", "apply"]) : join("-", pair) => { id = var.stack_principals[join("-", pair)], type = "ServicePrincipal" } },
    { for team, id in var.teams : "team-${team}" => { id = id, type = "Group" } },
  )

  scope                = azurerm_kubernetes_cluster.this.id
  role_definition_name = "Azure Kubernetes Service Cluster User Role"
  principal_id         = each.value.id
  principal_type       = each.value.type
}

# A plan reads what releases hold, secrets among it, and changes nothing.
resource "azurerm_role_definition" "plan" {
  name        = "${local.name} plan in the cluster"
  description = "Reads every object of the cluster."
  scope       = azurerm_kubernetes_cluster.this.id

  permissions {
    data_actions = ["Microsoft.ContainerService/managedClusters/*/read"]
  }
}

resource "azurerm_role_assignment" "plan" {
  for_each = toset(local.stacks)

  scope              = azurerm_kubernetes_cluster.this.id
  role_definition_id = azurerm_role_definition.plan.role_definition_resource_id
  principal_id       = var.stack_principals["${each.key}-plan"]
  principal_type     = "ServicePrincipal"
}

resource "azurerm_role_assignment" "administer" {
  for_each = toset(local.administering)

  scope                = azurerm_kubernetes_cluster.this.id
  role_definition_name = "Azure Kubernetes Service RBAC Cluster Admin"
  principal_id         = var.stack_principals["${each.key}-apply"]
  principal_type       = "ServicePrincipal"
}

resource "azurerm_role_assignment" "namespace" {
  for_each = local.namespaced

  scope                = "${azurerm_kubernetes_cluster.this.id}/namespaces/${each.value.namespace}"
  role_definition_name = "Azure Kubernetes Service RBAC Admin"
  principal_id         = var.stack_principals["${each.value.stack}-apply"]
  principal_type       = "ServicePrincipal"
}
