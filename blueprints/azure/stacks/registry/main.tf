# Layer 2: images. No administrator's password, no public address; permissions are of single repositories.

locals {
  name = "${var.org}-${var.env}-registry"
}

module "key" {
  source = "../../modules/key"

  name                = "registry"
  org                 = var.org
  env                 = var.env
  location            = var.location
  subscription_id     = var.subscription_id
  tenant_id           = var.tenant_id
  tags                = var.tags
  resource_group_name = var.resource_group_name
  endpoint_subnet_id  = var.endpoint_subnet_id
  private_zone_id     = var.private_zone_ids["vault"]
}

resource "azurerm_container_registry" "this" {
  name                          = "${substr(replace("${var.org}${var.env}", "-", ""), 0, 40)}${substr(sha256("${var.subscription_id}/${var.org}"), 0, 6)}"
  resource_group_name           = var.resource_group_name
  location                      = var.location
  sku                           = "Premium"
  admin_enabled                 = false
  anonymous_pull_enabled        = false
  public_network_access_enabled = false
  network_rule_bypass_option    = "None"
  data_endpoint_enabled         = true
  zone_redundancy_enabled       = true
  role_assignment_mode          = "AbacRepositoryPermissions"
  retention_policy_in_days      = 14 # of manifests that no tag names
  tags                          = var.tags

  # A token for Azure itself does not open the registry: only one asked for it.
  azuread_authentication_as_arm_policy_enabled = false

  identity {
    type         = "UserAssigned"
    identity_ids = [module.key.identity_id]
  }

  encryption = [{
    key_vault_key_id   = module.key.key_id
    identity_client_id = module.key.identity_client_id
  }]
}

resource "azurerm_management_lock" "this" {
  count = var.protected ? 1 : 0

  name       = "keep"
  scope      = azurerm_container_registry.this.id
  lock_level = "CanNotDelete"
  notes      = "Every machine of the cluster pulls from it."
}

# Machines pull every repository; who pushes to one is said by the stack `delivery`.
resource "azurerm_role_assignment" "puller" {
  scope                = azurerm_container_registry.this.id
  role_definition_name = "Container Registry Repository Reader"
  principal_id         = var.puller_id
  principal_type       = "ServicePrincipal"
}

resource "azurerm_private_endpoint" "registry" {
  name                = "${local.name}-registry"
  resource_group_name = var.resource_group_name
  location            = var.location
  subnet_id           = var.endpoint_subnet_id
  tags                = var.tags

  private_service_connection {
    name                           = "registry"
    private_connection_resource_id = azurerm_container_registry.this.id
    subresource_names              = ["registry"]
    is_manual_connection           = false
  }

  private_dns_zone_group {
    name                 = "registry"
    private_dns_zone_ids = [var.private_zone_ids["registry"]]
  }
}
