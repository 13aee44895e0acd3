# What people may do for some hours, with a reason, after somebody else has agreed. Bootstrap and identity are applied in this way.

locals {
  entitlements = {
    security = {
      approvers = "security"
      hours     = 2

      roles = [
        "roles/resourcemanager.projectIamAdmin",
        "roles/iam.roleAdmin",
        "roles/iam.serviceAccountAdmin",
        "roles/logging.configWriter",
        "roles/cloudkms.admin",
      ]
    }
    platform = {
      roles     = ["roles/container.admin", "roles/compute.networkAdmin", "roles/compute.instanceAdmin.v1"]
      approvers = "platform"
      hours     = 4
    }
    databases = {
      roles     = ["roles/cloudsql.admin", "roles/bigquery.dataOwner"]
      approvers = "databases"
      hours     = 4
    }
    team-a = { roles = ["roles/container.developer"], approvers = "platform", hours = 4 }
    team-b = { roles = ["roles/container.developer"], approvers = "platform", hours = 4 }
  }
}

resource "google_privileged_access_manager_entitlement" "team" {
  for_each = {
    for pair in setproduct(keys(local.entitlements), keys(var.projects)) :
    join("-", pair) => { team = pair[0], project = var.projects[pair[1]] }
  }

  entitlement_id       = each.key
  location             = "global"
  parent               = "projects/${each.value.project}"
  max_request_duration = "${local.entitlements[each.value.team].hours * 3600}s"

  eligible_users {
    principals = ["group:${one(google_cloud_identity_group.team[each.value.team].group_key).id}"]
  }

  requester_justification_config {
    unstructured {}
  }

  privileged_access {
    gcp_iam_access {
      resource      = "//cloudresourcemanager.googleapis.com/projects/${each.value.project}"
      resource_type = "cloudresourcemanager.googleapis.com/Project"

      dynamic "role_bindings" {
        for_each = local.entitlements[each.value.team].roles

        content {
          role = role_bindings.value
        }
      }
    }
  }

  # Nobody agrees to their own request: Google leaves the one who asks out of the approvers.
  approval_workflow {
    manual_approvals {
      require_approver_justification = true

      steps {
        approvals_needed = 1

        approvers {
          principals = ["group:${one(google_cloud_identity_group.team[local.entitlements[each.value.team].approvers].group_key).id}"]
        }
      }
    }
  }

  additional_notification_targets {
    admin_email_recipients = [one(google_cloud_identity_group.team["security"].group_key).id]
  }
}
