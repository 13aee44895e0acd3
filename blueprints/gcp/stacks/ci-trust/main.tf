# Layer 0: how the repository's workflows become somebody on Google Cloud. There is no key that could leak: GitHub says who runs, and the
# pool believes it for this repository alone, by its number. A workflow without an environment has no `environment` claim and gets nothing.

locals {
  repository_ids = join(", ", [for id in sort(distinct(concat([var.repository.id], values(var.app_repository_ids)))) : "'${id}'"])
  deployment     = "principalSet://iam.googleapis.com/${google_iam_workload_identity_pool.ci.name}/attribute.repository_environment"

  # What the rights are given to: this repository, in the environment of the purpose. GitHub lets only reviewed runs into ENV.
  principals = {
    for env in var.environments : env => {
      plan  = "${local.deployment}/${var.repository.id}:${env}-plan"
      apply = "${local.deployment}/${var.repository.id}:${env}"
    }
  }
}

resource "google_iam_workload_identity_pool" "ci" {
  workload_identity_pool_id = "${var.env}-ci"
  display_name              = "CI"
  description               = "Workflows of the repository that holds this estate, and of the apps that push images."
}

resource "google_iam_workload_identity_pool_provider" "github" {
  workload_identity_pool_id          = google_iam_workload_identity_pool.ci.workload_identity_pool_id
  workload_identity_pool_provider_id = "github"
  display_name                       = "GitHub Actions"
  attribute_condition                = "assertion.repository_owner_id == '${var.repository.owner_id}' && assertion.repository_id in [${local.repository_ids}]"

  attribute_mapping = {
    "google.subject"                   = "assertion.sub"
    "attribute.repository_id"          = "assertion.repository_id"
    "attribute.repository_environment" = "assertion.repository_id + ':' + assertion.environment"
  }

  oidc {
    issuer_uri = "https://token.actions.githubusercontent.com"
  }
}

