# Where backups are: a container whose blobs nobody can change or remove before their time, in an account without shared keys, reached
# from the cluster's subnets alone. Velero comes by workload identity.

variable "subscription_id" {
  description = "The environment's subscription."
  type        = string
}

variable "location" {
  description = "Region of the environment."
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

variable "cluster_resource_group_id" {
  description = "The resource group of the cluster's machines and disks."
  type        = string
}

variable "subnet_ids" {
  description = "The subnets that the account answers."
  type        = list(string)
}

variable "tags" {
  description = "What marks all that this stack makes."
  type        = map(string)
}

locals {
  location = "${azurerm_storage_account.backups.name}/${azurerm_storage_container.backups.name}"

  identity_annotations = { "azure.workload.identity/client-id" = var.workload_identities["velero"] }
  identity_labels      = { "azure.workload.identity/use" = "true" }

  plugin = { name = "velero-plugin-for-microsoft-azure", image = "velero/velero-plugin-for-microsoft-azure:v1.13.1" }

  backup_location = {
    provider = "azure"
    bucket   = azurerm_storage_container.backups.name
    config   = { useAAD = "true", subscriptionId = var.subscription_id, resourceGroup = azurerm_resource_group.main.name, storageAccount = azurerm_storage_account.backups.name }
  }

  snapshot_location = {
    provider = "azure"
    config   = { subscriptionId = var.subscription_id, resourceGroup = azurerm_resource_group.main.name, incremental = "true" }
  }
}

resource "azurerm_resource_group" "main" {
  name     = "${var.org}-${var.env}-backup"
  location = var.location
  tags     = var.tags
}

# An account's name is unique in the world, and letters and digits alone.
resource "azurerm_storage_account" "backups" {
  name                              = "${substr(replace("${var.env}backup${var.org}", "-", ""), 0, 18)}${substr(sha256("${var.subscription_id}/${var.org}"), 0, 6)}"
  resource_group_name               = azurerm_resource_group.main.name
  location                          = azurerm_resource_group.main.location
  account_tier                      = "Standard"
  account_replication_type          = "ZRS"
  min_tls_version                   = "TLS1_2"
  shared_access_key_enabled         = false
  default_to_oauth_authentication   = true
  allow_nested_items_to_be_public   = false
  infrastructure_encryption_enabled = true
  public_network_access_enabled     = true # to the subnets below and to nobody else
  tags                              = var.tags

  blob_properties {
    versioning_enabled = true

    delete_retention_policy {
      days = var.keep_days
    }

    container_delete_retention_policy {
      days = var.keep_days
    }
  }

  immutability_policy {
    allow_protected_append_writes = false
    period_since_creation_in_days = var.keep_days
    state                         = "Unlocked" # locked it can never be shortened again: by hand, once it is right
  }

  network_rules {
    default_action             = "Deny"
    bypass                     = ["AzureServices"]
    virtual_network_subnet_ids = var.subnet_ids
  }
}

resource "azurerm_storage_container" "backups" {
  name                  = "velero"
  storage_account_id    = azurerm_storage_account.backups.id
  container_access_type = "private"
}

resource "azurerm_role_assignment" "blobs" {
  scope                = azurerm_storage_container.backups.id
  role_definition_name = "Storage Blob Data Contributor"
  principal_id         = var.principal_ids["velero"]
  principal_type       = "ServicePrincipal"
}

# Snapshots are made of disks in the one group and kept in the other.
resource "azurerm_role_assignment" "snapshots" {
  for_each = { from = var.cluster_resource_group_id, to = azurerm_resource_group.main.id }

  scope                = each.value
  role_definition_name = "Disk Snapshot Contributor"
  principal_id         = var.principal_ids["velero"]
  principal_type       = "ServicePrincipal"
}
