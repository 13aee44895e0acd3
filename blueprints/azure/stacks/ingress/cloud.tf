# Behind the gateway stands the add-on of app routing, which AKS runs; it takes the certificate from the Key Vault as the service account
# below.

variable "workload_identities" {
  description = "Client ids of the managed identities that pods come as, by use."
  type        = map(string)
}

variable "certificate_uri" {
  description = "The certificate in the Key Vault, without version, so that its renewal is taken."
  type        = string
}

locals {
  gateway_sources = { cidrs = [], namespaces = [var.namespace] } # its pods stand beside the gateway

  gateway = {
    class = "approuting-istio"

    service_account = {
      name        = "gateway"
      annotations = { "azure.workload.identity/client-id" = var.workload_identities["gateway"] }
    }

    tls = {
      mode = "Terminate"
      options = {
        "kubernetes.azure.com/tls-cert-keyvault-uri"    = var.certificate_uri
        "kubernetes.azure.com/tls-cert-service-account" = "gateway"
      }
    }
  }
}
