# On Google Cloud the app's service account is itself the principal that IAM knows.

variable "project" {
  description = "The environment's project."
  type        = string
}

locals {
  identity_annotations = {} # the service account itself is the principal
  identity_labels      = {}
  settings             = { GOOGLE_CLOUD_PROJECT = var.project }
}
