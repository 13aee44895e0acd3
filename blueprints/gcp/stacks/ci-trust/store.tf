# With this account the workflows open the store; it can do nothing else, and every environment's runs become it.

resource "google_service_account" "store" {
  account_id   = "strata-store"
  display_name = "Strata: opens the store"
}

resource "google_service_account_iam_member" "store" {
  for_each = merge([for env, one in local.principals : { for purpose, principal in one : "${env}-${purpose}" => principal }]...)

  service_account_id = google_service_account.store.name
  role               = "roles/iam.serviceAccountTokenCreator"
  member             = each.value
}
