# An identity for each repository of the forge, which can push to one repository of images. Argo CD's repository server comes by workload
# identity.

variable "location" {
  description = "Region of the environment."
  type        = string
}

variable "workload_identities" {
  description = "Client ids of the managed identities that pods come as, by use."
  type        = map(string)
}

variable "registry_id" {
  description = "The registry, which knows permissions of single repositories."
  type        = string
}

variable "issuer" {
  description = "Who signs the forge's tokens."
  type        = string
  default     = "https://token.actions.githubusercontent.com"
}

variable "tags" {
  description = "What marks all that this stack makes."
  type        = map(string)
}

locals {
  identity_annotations = { "azure.workload.identity/client-id" = var.workload_identities["argocd"] }
  identity_labels      = { "azure.workload.identity/use" = "true" }
  push_identities      = { for name, identity in azurerm_user_assigned_identity.push : name => identity.client_id }

  # Which actions name a repository: on these the condition holds.
  actions = [for kind in ["content/read", "content/write", "metadata/read", "metadata/write"] : "!(ActionMatches{'Microsoft.ContainerRegistry/registries/repositories/${kind}'})"]
}

resource "azurerm_resource_group" "main" {
  name     = "${var.org}-${var.env}-delivery"
  location = var.location
  tags     = var.tags
}

resource "azurerm_user_assigned_identity" "push" {
  for_each = var.pushers

  name                = "${var.org}-${var.env}-push-${each.key}"
  resource_group_name = azurerm_resource_group.main.name
  location            = azurerm_resource_group.main.location
  tags                = var.tags
}

# The forge is told to make subjects of ids: names can be taken over, ids cannot.
resource "azurerm_federated_identity_credential" "push" {
  for_each = var.pushers

  name                      = "forge"
  user_assigned_identity_id = azurerm_user_assigned_identity.push[each.key].id
  issuer                    = var.issuer
  audience                  = ["api://AzureADTokenExchange"]
  subject                   = "repository_id:${each.value}:environment:${var.env}"
}

resource "azurerm_role_assignment" "push" {
  for_each = var.pushers

  scope                = var.registry_id
  role_definition_name = "Container Registry Repository Writer"
  principal_id         = azurerm_user_assigned_identity.push[each.key].principal_id
  principal_type       = "ServicePrincipal"
  condition_version    = "2.0"
  condition            = "((${join(" AND ", local.actions)}) OR (@Request[Microsoft.ContainerRegistry/registries/repositories:name] StringEquals '${each.key}'))"
}
