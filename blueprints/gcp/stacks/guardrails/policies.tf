# Layer 0: what nobody in the organisation can do, whatever right they were given. A wrong constraint stops everything at once, so each
# change comes as a dry run first: Google then logs what it would have refused.

locals {
  parent = "organizations/${var.organization_id}"

  switches = [
    "iam.disableServiceAccountKeyCreation",
    "iam.disableServiceAccountKeyUpload",
    "iam.automaticIamGrantsForDefaultServiceAccounts",
    "compute.requireOsLogin",
    "compute.requireShieldedVm",
    "compute.skipDefaultNetworkCreation",
    "compute.disableSerialPortAccess",
    "compute.disableNestedVirtualization",
    "sql.restrictPublicIp",
    "sql.restrictAuthorizedNetworks",
    "storage.publicAccessPrevention",
    "storage.uniformBucketLevelAccess",
    "gcp.detailedAuditLoggingMode",
  ]

  lists = {
    "gcp.resourceLocations"                        = { allowed = var.locations }
    "iam.allowedPolicyMemberDomains"               = { allowed = ["is:${var.customer_id}", "is:principalSet://iam.googleapis.com/${local.parent}"] }
    "iam.workloadIdentityPoolProviders"            = { allowed = ["https://token.actions.githubusercontent.com"] }
    "compute.vmExternalIpAccess"                   = { allowed = [] } # none
    "gcp.restrictNonCmekServices"                  = { denied = ["sqladmin.googleapis.com", "storage.googleapis.com", "bigquery.googleapis.com", "pubsub.googleapis.com"] }
    "gcp.restrictCmekCryptoKeyProjects"            = { allowed = [for project in values(var.projects) : "projects/${project}"] }
    "compute.restrictLoadBalancerCreationForTypes" = { allowed = ["in:INTERNAL", "EXTERNAL_MANAGED_HTTP_HTTPS", "GLOBAL_EXTERNAL_MANAGED_HTTP_HTTPS"] }
  }
}

resource "google_org_policy_policy" "switch" {
  for_each = toset(local.switches)

  name   = "${local.parent}/policies/${each.value}"
  parent = local.parent

  spec {
    rules {
      enforce = "TRUE"
    }
  }
}

resource "google_org_policy_policy" "list" {
  for_each = local.lists

  name   = "${local.parent}/policies/${each.key}"
  parent = local.parent

  spec {
    rules {
      deny_all = try(length(each.value.allowed) == 0, false) ? "TRUE" : null

      dynamic "values" {
        for_each = try(length(each.value.allowed) == 0, false) ? [] : [each.value]

        content {
          allowed_values = try(values.value.allowed, null)
          denied_values  = try(values.value.denied, null)
        }
      }
    }
  }
}

# The boundary of all automation: also an account that may give rights in its project cannot do this. Only people of security can.
resource "google_iam_deny_policy" "boundary" {
  for_each = var.projects

  parent       = urlencode("cloudresourcemanager.googleapis.com/projects/${each.value}")
  name         = "boundary"
  display_name = "What automation cannot do"

  rules {
    description = "Keys, the trust of CI and guardrails are security's."

    deny_rule {
      denied_principals    = ["principalSet://goog/public:all"]
      exception_principals = ["principalSet://goog/group/${var.security_email}"]

      denied_permissions = [
        "iam.googleapis.com/serviceAccountKeys.create",
        "iam.googleapis.com/workloadIdentityPools.create",
        "iam.googleapis.com/workloadIdentityPoolProviders.create",
        "iam.googleapis.com/workloadIdentityPoolProviders.update",
        "orgpolicy.googleapis.com/policy.set",
        "cloudkms.googleapis.com/cryptoKeyVersions.destroy",
      ]
    }
  }
}
