# On AWS the app's service account needs no mark: its Pod Identity is bound to its name in the cluster layer.

variable "region" {
  description = "Region of the environment."
  type        = string
}

locals {
  identity_annotations = {}
  identity_labels      = {}
  settings             = { AWS_REGION = var.region, DATABASE_AUTHENTICATION = "aws-iam", DATABASE_TLS = "verify-full" }
}
