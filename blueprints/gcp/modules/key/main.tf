# A customer-managed key for one stack, and the service agents that may encrypt and decrypt with it. Nobody else can: who reads the
# data through Google's own services needs the right to the data, who gets hold of a disk has nothing.

terraform {
  required_version = ">= 1.9"

  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "~> 7.45"
    }
  }
}

variable "name" {
  description = "Name of the key ring; the key in it is called `data`. Rings and keys stay for ever, so a name is used once."
  type        = string
}

variable "location" {
  description = "Where the key lives: that of the data."
  type        = string
}

variable "users" {
  description = "Members that encrypt and decrypt, by a name of their own."
  type        = map(string)
}

resource "google_kms_key_ring" "this" {
  name     = var.name
  location = var.location
}

resource "google_kms_crypto_key" "this" {
  name                       = "data"
  key_ring                   = google_kms_key_ring.this.id
  purpose                    = "ENCRYPT_DECRYPT"
  rotation_period            = "7776000s" # 90 days
  destroy_scheduled_duration = "2592000s" # 30 days in which a version's end can be called off

  version_template {
    algorithm        = "GOOGLE_SYMMETRIC_ENCRYPTION"
    protection_level = "SOFTWARE"
  }
}

resource "google_kms_crypto_key_iam_member" "user" {
  for_each = var.users

  crypto_key_id = google_kms_crypto_key.this.id
  role          = "roles/cloudkms.cryptoKeyEncrypterDecrypter"
  member        = each.value
}

output "id" {
  description = "The key, once its users may use it."
  value       = google_kms_crypto_key.this.id
  depends_on  = [google_kms_crypto_key_iam_member.user]
}
