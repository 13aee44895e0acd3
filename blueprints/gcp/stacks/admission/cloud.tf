# Binary Authorization: beside the rules of the API server, Google's own check that an image was attested by our pipeline. Platform
# charts come from public registries and are listed; all else needs the attestation.

variable "org" {
  description = "Name of the organisation: of the estate."
  type        = string
}

variable "env" {
  description = "Name of the environment."
  type        = string
}

variable "project" {
  description = "The environment's project."
  type        = string
}

variable "region" {
  description = "Region of the environment."
  type        = string
}

variable "enforce" {
  description = "Whether an image without attestation is refused; else it is only written to the audit log."
  type        = bool
}

variable "platform_images" {
  description = "Patterns of the images that the platform's charts run."
  type        = set(string)
  default = [
    "docker.io/istio/*",
    "docker.io/otel/*",
    "docker.io/velero/*",
    "ghcr.io/external-secrets/*",
    "quay.io/argoproj/*",
    "quay.io/jetstack/*",
    "registry.k8s.io/external-dns/*",
  ]
}

variable "protected" {
  description = "Whether what bears data refuses to be destroyed."
  type        = bool
}

locals {
  name = "${var.org}-${var.env}"
}

resource "google_kms_key_ring" "attestation" {
  name     = "${local.name}-attestation"
  location = var.region
}

# The pipeline signs with it; no one can take it out. Signing keys are not turned over by themselves: a new version is a new attestor key.
resource "google_kms_crypto_key" "attestation" {
  name     = "pipeline"
  key_ring = google_kms_key_ring.attestation.id
  purpose  = "ASYMMETRIC_SIGN"

  version_template {
    algorithm        = "EC_SIGN_P256_SHA256"
    protection_level = "HSM"
  }
  deletion_policy = var.protected ? "PREVENT" : "DELETE" # without it nothing that runs could be proved again
}

data "google_kms_crypto_key_version" "attestation" {
  crypto_key = google_kms_crypto_key.attestation.id
}

resource "google_container_analysis_note" "pipeline" {
  name = "${local.name}-pipeline"

  attestation_authority {
    hint {
      human_readable_name = "Built and tested by our pipeline"
    }
  }
}

resource "google_binary_authorization_attestor" "pipeline" {
  name = "${local.name}-pipeline"

  attestation_authority_note {
    note_reference = google_container_analysis_note.pipeline.name

    public_keys {
      id = data.google_kms_crypto_key_version.attestation.id

      pkix_public_key {
        public_key_pem      = data.google_kms_crypto_key_version.attestation.public_key[0].pem
        signature_algorithm = data.google_kms_crypto_key_version.attestation.public_key[0].algorithm
      }
    }
  }
}

resource "google_binary_authorization_policy" "main" {
  global_policy_evaluation_mode = "ENABLE" # Google's own images of GKE pass

  dynamic "admission_whitelist_patterns" {
    for_each = var.platform_images

    content {
      name_pattern = admission_whitelist_patterns.value
    }
  }

  default_admission_rule {
    evaluation_mode         = "REQUIRE_ATTESTATION"
    enforcement_mode        = var.enforce ? "ENFORCED_BLOCK_AND_AUDIT_LOG" : "DRYRUN_AUDIT_LOG_ONLY"
    require_attestations_by = [google_binary_authorization_attestor.pipeline.name]
  }
}
