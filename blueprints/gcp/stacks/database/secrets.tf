# Places for what apps must know of others, such as a partner's API key. Only the places: who has the secret puts it in, and only the app
# that it is for reads it.

resource "google_secret_manager_secret" "app" {
  for_each = var.secrets

  secret_id           = "${var.org}-${var.env}-${each.key}"
  version_destroy_ttl = "2592000s" # 30 days in which a destroyed version can be had back
  deletion_protection = var.protected

  replication {
    user_managed {
      replicas {
        location = var.region

        customer_managed_encryption {
          kms_key_name = module.key.id
        }
      }
    }
  }
}
