# Where logs and metrics go: Log Analytics by way of Application Insights, and managed Prometheus. The collector comes by workload
# identity.

variable "location" {
  description = "Region of the environment."
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

variable "tags" {
  description = "What marks all that this stack makes."
  type        = map(string)
}

locals {
  name = "${var.org}-${var.env}-observability"

  identity_annotations = { "azure.workload.identity/client-id" = var.workload_identities["otel"] }
  identity_labels      = { "azure.workload.identity/use" = "true" }

  # It names where signals go and reads nothing; it stands in the environment, as its exporter wants it.
  collector_env = [{ name = "APPLICATIONINSIGHTS_CONNECTION_STRING", value = azurerm_application_insights.main.connection_string }]

  collector_extensions = {
    azure_auth = {
      scopes            = ["https://monitor.azure.com/.default"]
      workload_identity = { client_id = var.workload_identities["otel"], tenant_id = var.tenant_id, federated_token_file = "/var/run/secrets/azure/tokens/azure-identity-token" }
    }
  }

  rule = azurerm_monitor_data_collection_rule.metrics

  exporters = {
    azuremonitor = {}

    prometheusremotewrite = {
      endpoint = "${azurerm_monitor_data_collection_endpoint.metrics.metrics_ingestion_endpoint}/dataCollectionRules/${local.rule.immutable_id}/streams/Microsoft-PrometheusMetrics/api/v1/write?api-version=2023-04-24"
      auth     = { authenticator = "azure_auth" }
    }
  }

  log_exporters    = ["azuremonitor"]
  metric_exporters = ["prometheusremotewrite"]
}

resource "azurerm_resource_group" "main" {
  name     = local.name
  location = var.location
  tags     = var.tags
}

resource "azurerm_log_analytics_workspace" "main" {
  name                         = local.name
  resource_group_name          = azurerm_resource_group.main.name
  location                     = azurerm_resource_group.main.location
  sku                          = "PerGB2018"
  retention_in_days            = var.retention_days
  local_authentication_enabled = false
  tags                         = var.tags
}

resource "azurerm_application_insights" "main" {
  name                = local.name
  resource_group_name = azurerm_resource_group.main.name
  location            = azurerm_resource_group.main.location
  workspace_id        = azurerm_log_analytics_workspace.main.id
  application_type    = "other"
  tags                = var.tags
}

resource "azurerm_monitor_workspace" "main" {
  name                = local.name
  resource_group_name = azurerm_resource_group.main.name
  location            = azurerm_resource_group.main.location
  tags                = var.tags
}

resource "azurerm_monitor_data_collection_endpoint" "metrics" {
  name                = "${local.name}-metrics"
  resource_group_name = azurerm_resource_group.main.name
  location            = azurerm_resource_group.main.location
  tags                = var.tags
}

resource "azurerm_monitor_data_collection_rule" "metrics" {
  name                        = "${local.name}-metrics"
  resource_group_name         = azurerm_resource_group.main.name
  location                    = azurerm_resource_group.main.location
  data_collection_endpoint_id = azurerm_monitor_data_collection_endpoint.metrics.id
  tags                        = var.tags

  data_sources {
    prometheus_forwarder {
      name    = "collector"
      streams = ["Microsoft-PrometheusMetrics"]
    }
  }

  destinations {
    monitor_account {
      name               = "workspace"
      monitor_account_id = azurerm_monitor_workspace.main.id
    }
  }

  data_flow {
    streams      = ["Microsoft-PrometheusMetrics"]
    destinations = ["workspace"]
  }
}

# The collector may write by this rule, and read nothing.
resource "azurerm_role_assignment" "collector" {
  scope                = azurerm_monitor_data_collection_rule.metrics.id
  role_definition_name = "Monitoring Metrics Publisher"
  principal_id         = var.principal_ids["otel"]
  principal_type       = "ServicePrincipal"
}
