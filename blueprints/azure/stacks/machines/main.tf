# Layer 2: machines outside of the cluster. No public address, no password; people come by Entra, through the role that they take.

locals {
  name = "${var.org}-${var.env}-machines"
}

module "key" {
  source = "../../modules/key"

  name                = "machines"
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

resource "azurerm_disk_encryption_set" "this" {
  name                      = local.name
  resource_group_name       = var.resource_group_name
  location                  = var.location
  key_vault_key_id          = module.key.key_id
  encryption_type           = "EncryptionAtRestWithPlatformAndCustomerKeys"
  auto_key_rotation_enabled = true
  tags                      = var.tags

  identity {
    type         = "UserAssigned"
    identity_ids = [module.key.identity_id]
  }
}

resource "azurerm_user_assigned_identity" "this" {
  name                = local.name
  resource_group_name = var.resource_group_name
  location            = var.location
  tags                = var.tags
}

resource "azurerm_orchestrated_virtual_machine_scale_set" "this" {
  name                        = local.name
  resource_group_name         = var.resource_group_name
  location                    = var.location
  platform_fault_domain_count = 1 # spread as far as can be, in each zone
  zones                       = ["1", "2", "3"]
  zone_balance                = true
  sku_name                    = var.machines.size
  instances                   = var.machines.min
  encryption_at_host_enabled  = true
  upgrade_mode                = "Rolling"
  tags                        = var.tags

  os_profile {
    linux_configuration {
      admin_username                  = "breakglass"
      disable_password_authentication = true
      patch_mode                      = "AutomaticByPlatform"
      patch_assessment_mode           = "AutomaticByPlatform"

      admin_ssh_key {
        username   = "breakglass"
        public_key = var.admin_key
      }
    }
  }

  source_image_reference {
    publisher = "Canonical"
    offer     = "ubuntu-24_04-lts"
    sku       = "server"
    version   = "latest"
  }

  os_disk {
    caching                = "ReadWrite"
    storage_account_type   = "Premium_LRS"
    disk_encryption_set_id = azurerm_disk_encryption_set.this.id
  }

  network_interface {
    name                           = "main"
    primary                        = true
    accelerated_networking_enabled = true

    ip_configuration {
      name      = "main"
      primary   = true
      subnet_id = var.subnet_id
    }
  }

  identity {
    type         = "UserAssigned"
    identity_ids = [azurerm_user_assigned_identity.this.id]
  }

  # Repair and rolling upgrades go by what the machine itself says of its health.
  extension {
    name                               = "health"
    publisher                          = "Microsoft.ManagedServices"
    type                               = "ApplicationHealthLinux"
    type_handler_version               = "2.0"
    auto_upgrade_minor_version_enabled = true
    settings                           = jsonencode({ protocol = "http", port = 8080, requestPath = "/healthz" })
  }

  extension {
    name                               = "entra-login"
    publisher                          = "Microsoft.Azure.ActiveDirectory"
    type                               = "AADSSHLoginForLinux"
    type_handler_version               = "1.0"
    auto_upgrade_minor_version_enabled = true
  }

  automatic_instance_repair {
    enabled      = true
    grace_period = "PT30M"
  }

  rolling_upgrade_policy {
    max_batch_instance_percent              = 20
    max_unhealthy_instance_percent          = 20
    max_unhealthy_upgraded_instance_percent = 20
    pause_time_between_batches              = "PT2M"
  }

  boot_diagnostics {}

  lifecycle {
    ignore_changes = [instances] # autoscaling's
  }
}

resource "azurerm_monitor_autoscale_setting" "this" {
  name                = local.name
  resource_group_name = var.resource_group_name
  location            = var.location
  target_resource_id  = azurerm_orchestrated_virtual_machine_scale_set.this.id
  tags                = var.tags

  profile {
    name = "load"

    capacity {
      default = var.machines.min
      minimum = var.machines.min
      maximum = var.machines.max
    }

    dynamic "rule" {
      for_each = { Increase = { operator = "GreaterThan", threshold = 70 }, Decrease = { operator = "LessThan", threshold = 25 } }

      content {
        metric_trigger {
          metric_name        = "Percentage CPU"
          metric_resource_id = azurerm_orchestrated_virtual_machine_scale_set.this.id
          operator           = rule.value.operator
          threshold          = rule.value.threshold
          statistic          = "Average"
          time_aggregation   = "Average"
          time_grain         = "PT1M"
          time_window        = "PT10M"
        }

        scale_action {
          direction = rule.key
          type      = "ChangeCount"
          value     = 1
          cooldown  = "PT10M"
        }
      }
    }
  }
}

resource "azurerm_role_assignment" "operators" {
  scope                = azurerm_orchestrated_virtual_machine_scale_set.this.id
  role_definition_name = "Virtual Machine Administrator Login"
  principal_id         = var.operators_id
  principal_type       = "Group"
}
