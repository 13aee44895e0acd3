# One key for the store, one for the seals of its audit trail: who may read one need not read the other.

resource "google_kms_key_ring" "store" {
  name     = local.name
  location = var.region
}

resource "google_kms_crypto_key" "store" {
  name                       = "store"
  key_ring                   = google_kms_key_ring.store.id
  rotation_period            = "7776000s" # 90 days
  destroy_scheduled_duration = "2592000s" # 30 days in which a version's end can be called off
}

resource "google_kms_crypto_key" "audit" {
  name                       = "audit"
  key_ring                   = google_kms_key_ring.store.id
  rotation_period            = "7776000s"
  destroy_scheduled_duration = "2592000s"
}

resource "google_kms_crypto_key_iam_member" "user" {
  for_each = { sql = google_kms_crypto_key.store.id, storage = google_kms_crypto_key.audit.id }

  crypto_key_id = each.value
  role          = "roles/cloudkms.cryptoKeyEncrypterDecrypter"
  member        = local.agents[each.key]
}
