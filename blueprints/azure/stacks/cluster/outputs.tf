# Who reads how to come in, finds machines that run and roles that are given.

output "cluster_name" {
  description = "Name of the cluster."
  value       = azurerm_kubernetes_cluster.this.name
  depends_on  = [azurerm_kubernetes_cluster_node_pool.general]
}

output "cluster_id" {
  description = "The cluster."
  value       = azurerm_kubernetes_cluster.this.id
  depends_on  = [azurerm_kubernetes_cluster_node_pool.general]
}

output "endpoint" {
  description = "Address of the control plane, in the network."
  value       = "https://${azurerm_kubernetes_cluster.this.private_fqdn}:443"

  depends_on = [
    azurerm_kubernetes_cluster_node_pool.general,
    azurerm_role_assignment.find,
    azurerm_role_assignment.plan,
    azurerm_role_assignment.administer,
    azurerm_role_assignment.namespace,
  ]
}

# The only thing in there that is no secret: local accounts are off.
output "ca_certificate" {
  description = "Its authority: PEM in base64."
  value       = nonsensitive(azurerm_kubernetes_cluster.this.kube_config[0].cluster_ca_certificate)
}

output "auth" {
  description = "The program that says who we are."
  value = {
    exec_command = "kubelogin"
    exec_args    = ["get-token", "--login", "workloadidentity", "--use-azurerm-env-vars", "--server-id", "6dae42f8-4368-4678-94ff-3960e28e3630"]
  }
}

output "oidc_issuer_url" {
  description = "Who signs tokens of service accounts."
  value       = azurerm_kubernetes_cluster.this.oidc_issuer_url
}

output "node_resource_group_id" {
  description = "The group of the cluster's machines and disks."
  value       = azurerm_kubernetes_cluster.this.node_resource_group_id
}

output "workload_identities" {
  description = "Client ids of workloads' identities."
  value       = { for name, workload in var.workloads : name => workload.client_id }
  depends_on  = [azurerm_federated_identity_credential.workload]
}

output "workload_principal_ids" {
  description = "Object ids of the same identities."
  value       = { for name, workload in var.workloads : name => workload.principal_id }
}

output "kubernetes_groups" {
  description = "Names of the teams as subjects in the cluster: their object ids."
  value       = var.teams
}
