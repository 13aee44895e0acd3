terraform {
  required_version = ">= 1.9"

  required_providers {
    azurerm = {
      source  = "hashicorp/azurerm"
      version = "~> 5.0"
    }
  }
}

# The parent zone is in the subscription that all environments share.
provider "azurerm" {
  alias                           = "parent"
  subscription_id                 = var.parent.subscription_id
  tenant_id                       = var.tenant_id
  resource_provider_registrations = "none"

  features {}
}
