output "clients" {
  description = "Client ids by stack and purpose: what is written into `clients` of the environment in strata.hcl."
  value       = { for name in local.stacks : name => { for key, identity in azurerm_user_assigned_identity.stack : local.identities[key].purpose => identity.client_id if local.identities[key].stack == name } }
  depends_on  = [azurerm_role_assignment.stack, azurerm_federated_identity_credential.stack]
}

output "stack_principal_ids" {
  description = "Object ids of the stacks' identities, by STACK-PURPOSE."
  value       = { for key, identity in azurerm_user_assigned_identity.stack : key => identity.principal_id }
}

output "resource_groups" {
  description = "The groups of the infrastructure's stacks."
  value       = { for name, group in azurerm_resource_group.stack : name => group.name }
  depends_on  = [azurerm_role_assignment.stack, azurerm_role_assignment.join, azurerm_role_assignment.assigner, azurerm_resource_provider_registration.this]
}

output "workloads" {
  description = "Workloads: their identity and the service account that may take it."
  value = {
    for name, identity in azurerm_user_assigned_identity.workload :
    name => { id = identity.id, client_id = identity.client_id, principal_id = identity.principal_id, account = local.workloads[name] }
  }
}

output "workload_principal_ids" {
  description = "Object ids of the workloads' identities, for what they are granted."
  value       = { for name, identity in azurerm_user_assigned_identity.workload : name => identity.principal_id }
}

output "cluster_identities" {
  description = "The control plane's identity and that of the machines' agent."
  value       = { for name, identity in azurerm_user_assigned_identity.cluster : name => { id = identity.id, client_id = identity.client_id, principal_id = identity.principal_id } }
  depends_on  = [azurerm_role_assignment.kubelet, azurerm_role_assignment.control, azurerm_role_assignment.federate]
}
