# Layer 1: who people are. Rights are given to groups, and groups to people: who joins or leaves a team changes one line of its group.

locals {
  teams = {
    security  = "Guardrails, trust and rights"
    platform  = "Networks, clusters and what runs the apps"
    databases = "Everything that bears data"
    team-a    = "The orders"
    team-b    = "The search"
  }
}

resource "google_cloud_identity_group" "team" {
  for_each = local.teams

  display_name         = each.key
  description          = each.value
  parent               = "customers/${var.customer_id}"
  initial_group_config = "EMPTY"
  labels               = { "cloudidentity.googleapis.com/groups.discussion_forum" = "", "cloudidentity.googleapis.com/groups.security" = "" }

  group_key {
    id = "${each.key}@${var.domain}"
  }
}

# GKE looks up members of this group alone, and of groups in it, when it is asked who somebody is.
resource "google_cloud_identity_group" "clusters" {
  display_name         = "gke-security-groups"
  description          = "Groups that clusters know"
  parent               = "customers/${var.customer_id}"
  initial_group_config = "EMPTY"
  labels               = { "cloudidentity.googleapis.com/groups.discussion_forum" = "" }

  group_key {
    id = "gke-security-groups@${var.domain}"
  }
}

resource "google_cloud_identity_group_membership" "clusters" {
  for_each = google_cloud_identity_group.team

  group = google_cloud_identity_group.clusters.id

  preferred_member_key {
    id = one(each.value.group_key).id
  }

  roles {
    name = "MEMBER"
  }
}

resource "google_cloud_identity_group_membership" "person" {
  for_each = merge([for team, people in var.members : { for person in people : "${team}/${person}" => { team = team, person = person } }]...)

  group = google_cloud_identity_group.team[each.value.team].id

  preferred_member_key {
    id = each.value.person
  }

  roles {
    name = "MEMBER"
  }
}
