# Layer 1: two service accounts for each stack. One reads, for plans; one writes, for applies. Neither has a key: CI becomes it for an hour,
# and only from the environment that its purpose belongs to. What each may do stands in grants.tf.

locals {
  given = join(", ", [for role in distinct(flatten([for one in local.workloads : one.roles])) : "'${role}'"])

  accounts = merge([
    for stack, grant in local.grants : {
      for purpose in ["plan", "apply"] : "${stack}-${purpose}" => {
        stack       = stack
        purpose     = purpose
        permissions = sort(distinct(concat(["resourcemanager.projects.get", "serviceusage.services.use"], grant.read, purpose == "apply" ? grant.write : [])))
      }
    } if contains(coalesce(var.stacks, keys(local.grants)), stack)
  ]...)

  # An apply plans each stack again before its turn, so it becomes both.
  trusted = merge([
    for key, account in local.accounts : {
      for purpose in account.purpose == "plan" ? ["plan", "apply"] : ["apply"] : "${key}/${purpose}" => { account = key, principal = var.principals[purpose] }
    }
  ]...)
}

resource "google_service_account" "stack" {
  for_each = local.accounts

  account_id   = each.key
  display_name = "Strata: ${each.value.purpose} ${each.value.stack}"
}

resource "google_service_account_iam_member" "ci" {
  for_each = local.trusted

  service_account_id = google_service_account.stack[each.value.account].name
  role               = "roles/iam.serviceAccountTokenCreator"
  member             = each.value.principal
}

resource "google_project_iam_custom_role" "stack" {
  for_each = local.accounts

  role_id     = "strata_${replace(each.key, "-", "_")}"
  title       = "Strata: ${each.value.purpose} ${each.value.stack}"
  description = "All that the stack's ${each.value.purpose} needs."
  permissions = each.value.permissions
}

resource "google_project_iam_member" "stack" {
  for_each = local.accounts

  project = var.project
  role    = google_project_iam_custom_role.stack[each.key].name
  member  = google_service_account.stack[each.key].member
}

# The environment's `dns` writes its delegation into the parent zone. The zone stands above this layer, so it is named, not read.
resource "google_dns_managed_zone_iam_member" "delegation" {
  count = var.parent_zone == null ? 0 : 1

  project      = var.parent_zone.project
  managed_zone = var.parent_zone.name
  role         = "roles/dns.admin"
  member       = google_service_account.stack["dns-apply"].member
}

resource "google_dns_managed_zone_iam_member" "delegation_read" {
  count = var.parent_zone == null ? 0 : 1

  project      = var.parent_zone.project
  managed_zone = var.parent_zone.name
  role         = "roles/dns.reader"
  member       = google_service_account.stack["dns-plan"].member
}

# The cluster's apply gives workloads their roles, since their pool is there only with the cluster. It can give these roles and no others.
resource "google_project_iam_member" "delegate" {
  count = contains(keys(local.accounts), "cluster-apply") ? 1 : 0

  project = var.project
  role    = "roles/resourcemanager.projectIamAdmin"
  member  = google_service_account.stack["cluster-apply"].member

  condition {
    title       = "roles of workloads alone"
    description = "May give and take the roles that workloads have, nothing else."
    expression  = "api.getAttribute('iam.googleapis.com/modifiedGrantsByRole', []).hasOnly([${local.given}])"
  }
}
