# On Google Cloud the app comes as an account of IAM, since the database knows accounts alone.

variable "project" {
  description = "The environment's project."
  type        = string
}

variable "workload_identities" {
  description = "What pods come as, by use: an account where the cloud wants one, else a member of IAM policies."
  type        = map(string)
}

locals {
  identity_annotations = { "iam.gke.io/gcp-service-account" = var.workload_identities["orders"] }
  identity_labels      = {}
  settings             = { GOOGLE_CLOUD_PROJECT = var.project, DATABASE_AUTHENTICATION = "gcp-iam", DATABASE_TLS = "verify-full" }
}
