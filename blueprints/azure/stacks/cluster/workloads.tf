# Here the issuer is known: each workload's identity is tied to one service account of this cluster.

resource "azurerm_federated_identity_credential" "workload" {
  for_each = var.workloads

  name                      = local.name
  user_assigned_identity_id = each.value.id
  issuer                    = azurerm_kubernetes_cluster.this.oidc_issuer_url
  audience                  = ["api://AzureADTokenExchange"]
  subject                   = "system:serviceaccount:${replace(each.value.account, "/", ":")}"
}
