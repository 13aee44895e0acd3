# The cloud's store of secrets is Secret Manager, read by External Secrets as its own service account: secret by secret, nothing else of the
# project. That is said here and not with the cluster, so that the cluster need not wait for the database, beside which the secrets are made.

variable "project" {
  description = "The environment's project."
  type        = string
}

variable "secret_ids" {
  description = "The secrets that are brought into the cluster."
  type        = map(string)
}

variable "reader" {
  description = "External Secrets, as a principal of the cluster's pool."
  type        = string
}

locals {
  identity_annotations = {} # the service account itself is the principal
  identity_labels      = {}
  store_provider       = { gcpsm = { projectID = var.project } }
}

resource "google_secret_manager_secret_iam_member" "reader" {
  for_each = var.secret_ids

  secret_id = each.value
  role      = "roles/secretmanager.secretAccessor"
  member    = var.reader
}
