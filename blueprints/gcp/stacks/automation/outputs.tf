output "stack_accounts" {
  description = "Addresses of the stacks' accounts, by STACK-PURPOSE."
  value       = { for key, account in google_service_account.stack : key => account.email }
  depends_on  = [google_project_iam_member.stack, google_service_account_iam_member.ci]
}

output "workload_accounts" {
  description = "Accounts of the workloads that log in to the database, by workload."
  value       = { for name, account in google_service_account.workload : name => account.email }
  depends_on  = [google_project_iam_member.login]
}

output "workload_roles" {
  description = "Workloads as principals, with the roles that the cluster's stack gives them."
  value = {
    for name, one in local.workloads : name => {
      principal = "${local.pool}/subject/ns/${dirname(one.subject)}/sa/${basename(one.subject)}"
      roles     = one.roles
    }
  }
}

output "nodes_account" {
  description = "Account of the cluster's machines."
  value       = one(google_service_account.nodes[*].email)
  depends_on  = [google_project_iam_member.nodes]
}
