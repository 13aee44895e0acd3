# What people may do at all times: look at what is theirs. Changes go through the stacks, and what has no stack through an entitlement.

locals {
  looks = {
    security = {
      title = "Security: look"
      permissions = [
        "iam.roles.get", "iam.roles.list", "iam.serviceAccounts.get", "iam.serviceAccounts.list",
        "iam.serviceAccounts.getIamPolicy", "iam.denypolicies.get", "iam.denypolicies.list",
        "logging.logEntries.list", "logging.privateLogEntries.list", "orgpolicy.policies.list",
        "orgpolicy.policy.get", "resourcemanager.projects.get", "resourcemanager.projects.getIamPolicy",
      ]
    }
    platform = {
      title = "Platform: look"
      permissions = [
        "compute.instances.get", "compute.instances.list", "compute.networks.get", "compute.networks.list",
        "compute.subnetworks.get", "compute.subnetworks.list", "container.clusters.get", "container.clusters.list",
        "container.clusters.connect", "logging.logEntries.list", "monitoring.timeSeries.list",
        "resourcemanager.projects.get",
      ]
    }
    databases = {
      title = "Databases: look"
      permissions = [
        "cloudsql.instances.get", "cloudsql.instances.list", "cloudsql.databases.list", "cloudsql.backupRuns.list",
        "cloudsql.backupRuns.get", "bigquery.datasets.get", "bigquery.tables.list", "bigquery.tables.get",
        "monitoring.timeSeries.list", "resourcemanager.projects.get",
      ]
    }
    apps = {
      title = "Apps: look"
      permissions = [
        "container.clusters.get", "container.clusters.list", "container.clusters.connect",
        "artifactregistry.repositories.get", "artifactregistry.repositories.list", "logging.logEntries.list",
        "monitoring.timeSeries.list", "resourcemanager.projects.get",
      ]
    }
  }

  looking = { security = "security", platform = "platform", databases = "databases", team-a = "apps", team-b = "apps" }
}

resource "google_organization_iam_custom_role" "look" {
  for_each = local.looks

  org_id      = var.organization_id
  role_id     = "${replace(var.org, "-", "_")}_${each.key}_look"
  title       = each.value.title
  description = "What people of ${each.key} see at all times."
  permissions = each.value.permissions
}

resource "google_project_iam_member" "look" {
  for_each = {
    for pair in setproduct(keys(local.looking), keys(var.projects)) :
    join("/", pair) => { team = pair[0], project = var.projects[pair[1]] }
  }

  project = each.value.project
  role    = google_organization_iam_custom_role.look[local.looking[each.value.team]].name
  member  = "group:${one(google_cloud_identity_group.team[each.value.team].group_key).id}"
}
