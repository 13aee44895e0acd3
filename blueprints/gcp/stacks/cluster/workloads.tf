# Who runs in the cluster gets its rights here: the pool of `principal://` is there only with the cluster. Each has them on what is its own,
# where the cloud can say so: one zone here, one secret in `secrets`, one bucket in `backup`.

locals {
  roles = merge([for name, one in var.workload_roles : { for role in one.roles : "${name} ${role}" => { principal = one.principal, role = role } }]...)
  zoned = { for name in ["external-dns", "cert-manager"] : name => var.workload_roles[name].principal }
}

resource "google_project_iam_member" "workload" {
  for_each = local.roles

  project    = var.project
  role       = each.value.role
  member     = each.value.principal
  depends_on = [google_container_cluster.this]
}

resource "google_dns_managed_zone_iam_member" "workload" {
  for_each = local.zoned

  managed_zone = var.dns_zone_id
  role         = "roles/dns.admin"
  member       = each.value
  depends_on   = [google_container_cluster.this]
}

# These two become their account, which the database knows.
resource "google_service_account_iam_member" "workload" {
  for_each = var.workload_accounts

  service_account_id = "projects/${var.project}/serviceAccounts/${each.value}"
  role               = "roles/iam.workloadIdentityUser"
  member             = var.workload_roles[each.key].principal
  depends_on         = [google_container_cluster.this]
}
