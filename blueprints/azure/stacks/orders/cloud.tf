# On Azure the app comes as a managed identity, whose federated credential names its service account.

variable "workload_identities" {
  description = "Client ids of the managed identities that pods come as, by use."
  type        = map(string)
}

locals {
  identity_annotations = { "azure.workload.identity/client-id" = var.workload_identities["orders"] }
  identity_labels      = { "azure.workload.identity/use" = "true" }
  settings             = { AZURE_CLIENT_ID = var.workload_identities["orders"], DATABASE_AUTHENTICATION = "entra" }
}
