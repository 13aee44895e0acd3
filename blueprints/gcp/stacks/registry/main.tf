# Layer 2: images, one repository for each app, so that a team's right to push ends at its own. A tag never moves; what runs is what was
# scanned. Who pushes is said in `delivery`.

locals {
  name = "${var.org}-${var.env}-registry"
}

data "google_project" "this" {
  project_id = var.project
}

module "key" {
  source = "../../modules/key"

  name     = local.name
  location = var.region
  users    = { registry = "serviceAccount:service-${data.google_project.this.number}@gcp-sa-artifactregistry.iam.gserviceaccount.com" }
}

resource "google_artifact_registry_repository" "app" {
  for_each = var.repositories

  repository_id = each.key
  location      = var.region
  format        = "DOCKER"
  description   = "Images of ${each.key}, by ${each.value}."
  kms_key_name  = module.key.id
  labels        = { team = each.value }

  docker_config {
    immutable_tags = true
  }

  vulnerability_scanning_config {
    enablement_config = "INHERITED"
  }

  cleanup_policies {
    id     = "keep-released"
    action = "KEEP"

    most_recent_versions {
      keep_count = 20
    }
  }

  cleanup_policies {
    id     = "drop-untagged"
    action = "DELETE"

    condition {
      tag_state  = "UNTAGGED"
      older_than = "1209600s" # 14 days
    }
  }
}

resource "google_artifact_registry_repository_iam_member" "nodes" {
  for_each = google_artifact_registry_repository.app

  repository = each.value.name
  location   = each.value.location
  role       = "roles/artifactregistry.reader"
  member     = "serviceAccount:${var.nodes_account}"
}
