# A repository of the forge may push to one repository of images: the forge's token is itself the principal, known by the repository's
# numeric id. There is no service account to take over, and no key.

variable "region" {
  description = "Region of the environment."
  type        = string
}

variable "pool_name" {
  description = "The workload identity pool that trusts the forge's tokens."
  type        = string
}

variable "repository_ids" {
  description = "The repositories of images, by name."
  type        = map(string)
}

locals {
  identity_annotations = {} # the service account itself is the principal
  identity_labels      = {}
  push_identities      = { for name, grant in google_artifact_registry_repository_iam_member.push : name => grant.member }
}

resource "google_artifact_registry_repository_iam_member" "push" {
  for_each = var.pushers

  location   = var.region
  repository = basename(var.repository_ids[each.key])
  role       = "roles/artifactregistry.writer"
  member     = "principalSet://iam.googleapis.com/${var.pool_name}/attribute.repository_environment/${each.value}:${var.env}"
}
