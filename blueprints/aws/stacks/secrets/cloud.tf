# The cloud's store of secrets is Secrets Manager. External Secrets comes with its Pod Identity, which reads the environment's names.

variable "region" {
  description = "Region of the environment."
  type        = string
}

locals {
  identity_annotations = {}
  identity_labels      = {}
  store_provider       = { aws = { service = "SecretsManager", region = var.region } }
}
