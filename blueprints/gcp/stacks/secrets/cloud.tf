# The cloud's store of secrets is Secret Manager, read by External Secrets as its own service account.

variable "project" {
  description = "The environment's project."
  type        = string
}

locals {
  identity_annotations = {} # the service account itself is the principal
  identity_labels      = {}
  store_provider       = { gcpsm = { projectID = var.project } }
}
