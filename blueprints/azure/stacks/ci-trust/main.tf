# Layer 0: who CI is. For each environment two identities, one that plans and one that applies, each by the forge's token of one
# environment there: `ENV-plan` runs on any branch, `ENV` after its reviewers' consent. No secret is kept anywhere.

locals {
  name = "${var.org}-${var.env}-ci"

  # The forge is told to make subjects of ids: names can be taken over, ids cannot.
  subjects = {
    for env in var.environments : env => {
      plan  = "repository_id:${var.repository_id}:environment:${env}-plan"
      apply = "repository_id:${var.repository_id}:environment:${env}"
    }
  }

  runners = merge([for env, of in local.subjects : { for purpose, subject in of : "${env}-${purpose}" => subject }]...)
}

resource "azurerm_resource_group" "this" {
  name     = local.name
  location = var.location
  tags     = var.tags
}

resource "azurerm_user_assigned_identity" "runner" {
  for_each = local.runners

  name                = "${local.name}-${each.key}"
  resource_group_name = azurerm_resource_group.this.name
  location            = var.location
  tags                = var.tags
}

resource "azurerm_federated_identity_credential" "runner" {
  for_each = local.runners

  name                      = "forge"
  user_assigned_identity_id = azurerm_user_assigned_identity.runner[each.key].id
  issuer                    = var.issuer
  audience                  = ["api://AzureADTokenExchange"]
  subject                   = each.value
}

# Whoever could change a credential in here could become CI.
resource "azurerm_management_lock" "this" {
  name       = "keep"
  scope      = azurerm_resource_group.this.id
  lock_level = "CanNotDelete"
  notes      = "The trust between CI and Azure."
  depends_on = [azurerm_federated_identity_credential.runner]
}
