# The zone is Azure DNS's; the certificate at the edge lives and renews in a Key Vault, and its private key never leaves it but to the
# gateway.

variable "location" {
  description = "Region of the environment."
  type        = string
}

variable "tenant_id" {
  description = "The Entra tenant."
  type        = string
}

variable "subscription_id" {
  description = "The environment's subscription."
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

variable "zone" {
  description = "The environment's zone: its id and its resource group."
  type        = object({ id = string, resource_group_name = string })
}

variable "subnet_ids" {
  description = "The subnets that the vault answers."
  type        = list(string)
}

variable "certificate_issuer" {
  description = "Who signs the certificate: an authority that the vault has an account with, or Self where no one outside looks."
  type        = string
}

variable "tags" {
  description = "What marks all that this stack makes."
  type        = map(string)
}

locals {
  identity_annotations = { for name in ["external-dns", "cert-manager"] : name => { "azure.workload.identity/client-id" = var.workload_identities[name] } }
  identity_labels      = { "azure.workload.identity/use" = "true" }
  certificate          = azurerm_key_vault_certificate.edge.versionless_id

  dns_provider = {
    provider = { name = "azure" }

    secretConfiguration = {
      enabled   = true
      mountPath = "/etc/kubernetes"
      data = {
        "azure.json" = jsonencode({
          tenantId                     = var.tenant_id
          subscriptionId               = var.subscription_id
          resourceGroup                = var.zone.resource_group_name
          useWorkloadIdentityExtension = true
        })
      }
    }
  }

  solver = {
    azureDNS = {
      hostedZoneName    = local.domain
      resourceGroupName = var.zone.resource_group_name
      subscriptionID    = var.subscription_id
      environment       = "AzurePublicCloud"
      managedIdentity   = { clientID = var.workload_identities["cert-manager"] }
    }
  }
}

resource "azurerm_role_assignment" "zone" {
  for_each = toset(["external-dns", "cert-manager"])

  scope                = var.zone.id
  role_definition_name = "DNS Zone Contributor"
  principal_id         = var.principal_ids[each.key]
  principal_type       = "ServicePrincipal"
}

resource "azurerm_resource_group" "main" {
  name     = "${var.org}-${var.env}-edge"
  location = var.location
  tags     = var.tags
}

# A vault's name is unique in the world and has 24 letters at most.
resource "azurerm_key_vault" "edge" {
  name                          = "${trimsuffix(substr("${var.env}-edge-${var.org}", 0, 17), "-")}-${substr(sha256("${var.subscription_id}/${var.org}"), 0, 6)}"
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

resource "azurerm_key_vault_certificate" "edge" {
  name         = "edge"
  key_vault_id = azurerm_key_vault.edge.id
  tags         = var.tags

  certificate_policy {
    issuer_parameters {
      name = var.certificate_issuer
    }

    key_properties {
      key_type   = "EC"
      curve      = "P-256"
      exportable = true # the gateway needs it
      reuse_key  = false
    }

    lifetime_action {
      action {
        action_type = "AutoRenew"
      }

      trigger {
        days_before_expiry = 30
      }
    }

    secret_properties {
      content_type = "application/x-pem-file"
    }

    x509_certificate_properties {
      subject            = "CN=${local.domain}"
      validity_in_months = 6
      key_usage          = ["digitalSignature"]
      extended_key_usage = ["1.3.6.1.5.5.7.3.1"] # of servers

      subject_alternative_names {
        dns_names = [local.domain, "*.${local.domain}"]
      }
    }
  }
}

resource "azurerm_role_assignment" "gateway" {
  scope                = azurerm_key_vault.edge.id
  role_definition_name = "Key Vault Certificate User"
  principal_id         = var.principal_ids["gateway"]
  principal_type       = "ServicePrincipal"
}
