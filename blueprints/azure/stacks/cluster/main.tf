# Layer 3: the cluster. Its control plane answers in our network alone, knows nobody but Entra, and keeps its secrets under our key.

locals {
  name = "${var.org}-${var.env}"
}

module "key" {
  source = "../../modules/key"

  name                = "cluster"
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

# The control plane seals secrets with it.
resource "azurerm_key_vault_key" "secrets" {
  name         = "secrets"
  key_vault_id = module.key.vault_id
  key_type     = "RSA"
  key_size     = 3072
  key_opts     = ["encrypt", "decrypt", "wrapKey", "unwrapKey"]
  tags         = var.tags
}

resource "azurerm_role_assignment" "secrets" {
  scope                = azurerm_key_vault_key.secrets.resource_versionless_id
  role_definition_name = "Key Vault Crypto User"
  principal_id         = var.identities["control"].principal_id
  principal_type       = "ServicePrincipal"
}

resource "azurerm_disk_encryption_set" "this" {
  name                      = local.name
  resource_group_name       = var.resource_group_name
  location                  = var.location
  key_vault_key_id          = module.key.key_id
  auto_key_rotation_enabled = true
  tags                      = var.tags

  identity {
    type         = "UserAssigned"
    identity_ids = [module.key.identity_id]
  }
}

resource "azurerm_kubernetes_cluster" "this" {
  name                              = local.name
  resource_group_name               = var.resource_group_name
  location                          = var.location
  dns_prefix                        = local.name
  node_resource_group               = "${local.name}-cluster-nodes"
  kubernetes_version                = var.control.version
  sku_tier                          = var.control.tier
  support_plan                      = var.control.tier == "Premium" ? "AKSLongTermSupport" : "KubernetesOfficial"
  private_cluster_enabled           = true
  local_account_disabled            = true
  role_based_access_control_enabled = true
  oidc_issuer_enabled               = true
  workload_identity_enabled         = true
  azure_policy_enabled              = true
  run_command_enabled               = false # a way in that no log of the cluster tells of
  image_cleaner_enabled             = true
  image_cleaner_interval_hours      = 48
  automatic_upgrade_channel         = "patch"
  node_os_upgrade_channel           = "NodeImage"
  disk_encryption_set_id            = azurerm_disk_encryption_set.this.id
  tags                              = var.tags

  # Public name without public address, or none at all: none.
  private_cluster_public_fqdn_enabled = false

  api_server_access_profile {
    virtual_network_integration_enabled = true
    subnet_id                           = var.control_subnet_id
  }

  azure_active_directory_role_based_access_control {
    tenant_id          = var.tenant_id
    azure_rbac_enabled = true
  }

  identity {
    type         = "UserAssigned"
    identity_ids = [var.identities["control"].id]
  }

  kubelet_identity {
    client_id                 = var.identities["kubelet"].client_id
    object_id                 = var.identities["kubelet"].principal_id
    user_assigned_identity_id = var.identities["kubelet"].id
  }

  # For what the cluster itself needs; workloads have a pool of their own.
  default_node_pool {
    name                         = "system"
    vm_size                      = var.nodes.size
    vnet_subnet_id               = var.node_subnet_id
    zones                        = ["1", "2", "3"]
    auto_scaling_enabled         = true
    min_count                    = min(3, max(1, var.nodes.min))
    max_count                    = 3
    only_critical_addons_enabled = true
    host_encryption_enabled      = true
    os_sku                       = "AzureLinux"
    os_disk_type                 = "Ephemeral"
    temporary_name_for_rotation  = "systemtmp"

    upgrade_settings {
      max_surge                     = "33%"
      drain_timeout_in_minutes      = 30
      node_soak_duration_in_minutes = 5
    }
  }

  node_provisioning_profile {
    mode = "Manual"
  }

  network_profile {
    network_plugin      = "azure"
    network_plugin_mode = "overlay"
    network_data_plane  = "cilium"
    network_policy      = "cilium"
    outbound_type       = "userAssignedNATGateway"
    pod_cidr            = var.control.pod_cidr
    service_cidr        = var.control.service_cidr
    dns_service_ip      = cidrhost(var.control.service_cidr, 10)
  }

  key_management_service {
    key_vault_key_id         = azurerm_key_vault_key.secrets.id
    key_vault_network_access = "Private"
  }

  # Gateway API without the old controller.
  web_app_routing {
    dns_zone_ids             = []
    default_nginx_controller = "None"
  }

  microsoft_defender {
    log_analytics_workspace_id = var.logs_id
  }

  storage_profile {
    disk_driver_enabled         = true
    file_driver_enabled         = false
    snapshot_controller_enabled = true
  }

  workload_autoscaler_profile {
    vertical_pod_autoscaler_enabled = true
  }

  maintenance_window_auto_upgrade {
    frequency   = "Weekly"
    interval    = 1
    duration    = 4
    day_of_week = "Tuesday"
    start_time  = "03:00"
    utc_offset  = "+00:00"
  }

  maintenance_window_node_os {
    frequency   = "Weekly"
    interval    = 1
    duration    = 4
    day_of_week = "Wednesday"
    start_time  = "03:00"
    utc_offset  = "+00:00"
  }

  lifecycle {
    ignore_changes = [kubernetes_version] # patches come by themselves; a minor version comes by removing this line for one plan
  }

  depends_on = [azurerm_role_assignment.secrets]
}

resource "azurerm_kubernetes_cluster_node_pool" "general" {
  name                        = "general"
  kubernetes_cluster_id       = azurerm_kubernetes_cluster.this.id
  mode                        = "User"
  vm_size                     = var.nodes.size
  vnet_subnet_id              = var.node_subnet_id
  zones                       = ["1", "2", "3"]
  auto_scaling_enabled        = true
  min_count                   = var.nodes.min
  max_count                   = var.nodes.max
  host_encryption_enabled     = true
  os_sku                      = "AzureLinux"
  os_disk_type                = "Ephemeral"
  temporary_name_for_rotation = "generaltmp"
  tags                        = var.tags

  upgrade_settings {
    max_surge                     = "33%"
    drain_timeout_in_minutes      = 30
    node_soak_duration_in_minutes = 5
  }
}

resource "azurerm_monitor_diagnostic_setting" "control" {
  name                           = "audit"
  target_resource_id             = azurerm_kubernetes_cluster.this.id
  log_analytics_workspace_id     = var.logs_id
  log_analytics_destination_type = "Dedicated"

  dynamic "enabled_log" {
    for_each = toset(["kube-audit-admin", "guard", "kube-apiserver", "cluster-autoscaler"])

    content {
      category = enabled_log.value
    }
  }
}

resource "azurerm_management_lock" "this" {
  count = var.protected ? 1 : 0

  name       = "keep"
  scope      = azurerm_kubernetes_cluster.this.id
  lock_level = "CanNotDelete"
  notes      = "Claims of volumes and all that runs."
}
