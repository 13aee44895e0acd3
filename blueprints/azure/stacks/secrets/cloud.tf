# The cloud's store of secrets is a Key Vault of the apps, read by External Secrets through its workload identity.

variable "org" {
  description = "Name of the organisation: of the estate."
  type        = string
}

variable "env" {
  description = "Name of the environment."
  type        = string
}

variable "location" {
  description = "Region of the environment."
  type        = string
}

variable "subscription_id" {
  description = "The environment's subscription."
  type        = string
}

variable "tenant_id" {
  description = "The Entra tenant."
  type        = string
}

variable "workload_identities" {
  description = "Client ids of the managed identities that pods come as, by use."
  type        = map(string)
}

variable "principal_ids" {
  description = "Object ids of the same identities, for what they are granted."
  type        = map(string)
}

variable "subnet_ids" {
  description = "The subnets that the vault answers."
  type        = list(string)
}

variable "tags" {
  description = "What marks all that this stack makes."
  type        = map(string)
}

locals {
  identity_annotations = { "azure.workload.identity/client-id" = var.workload_identities["external-secrets"] }
  identity_labels      = { "azure.workload.identity/use" = "true" }

  store_provider = {
    azurekv = {
      authType          = "WorkloadIdentity"
      vaultUrl          = azurerm_key_vault.apps.vault_uri
      serviceAccountRef = { name = "external-secrets", namespace = var.namespace }
    }
  }
}

resource "azurerm_resource_group" "main" {
  name     = "${var.org}-${var.env}-secrets"
  location = var.location
  tags     = var.tags
}

# A vault's name is unique in the world and has 24 letters at most.
resource "azurerm_key_vault" "apps" {
  name                          = "${trimsuffix(substr("${var.env}-apps-${var.org}", 0, 17), "-")}-${substr(sha256("${var.subscription_id}/${var.org}"), 0, 6)}"
  resource_group_name           = azurerm_resource_group.main.name
  location                      = azurerm_resource_group.main.location
  tenant_id                     = var.tenant_id
  sku_name                      = "standard"
  rbac_authorization_enabled    = true
  purge_protection_enabled      = true
  soft_delete_retention_days    = 90
  public_network_access_enabled = true # to the subnets below and to nobody else
  tags                          = var.tags

  network_acls {
    default_action             = "Deny"
    bypass                     = "AzureServices"
    virtual_network_subnet_ids = var.subnet_ids
  }
}

resource "azurerm_role_assignment" "external_secrets" {
  scope                = azurerm_key_vault.apps.id
  role_definition_name = "Key Vault Secrets User"
  principal_id         = var.principal_ids["external-secrets"]
  principal_type       = "ServicePrincipal"
}
