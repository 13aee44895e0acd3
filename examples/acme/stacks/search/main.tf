# Layer 6: the search, of the team search. Its index is built anew every night, so losing it loses nothing.

locals {
  image = "${var.images["search"]}:${var.release}"
}

module "web" {
  source = "../../modules/web-app"

  name      = "search"
  namespace = var.namespace
  image     = local.image
  replicas  = var.replicas
  ingress   = { host = "search.${var.ingress.domain}", class = var.ingress.class, namespace = "ingress" }
}

resource "kubectl_manifest" "reindex" {
  yaml_body = yamlencode({
    apiVersion = "batch/v1"
    kind       = "CronJob"
    metadata   = { name = "reindex", namespace = var.namespace }
    spec = {
      schedule          = var.reindexed
      concurrencyPolicy = "Forbid"
      jobTemplate = { spec = { template = { spec = {
        restartPolicy                = "Never"
        automountServiceAccountToken = false
        securityContext              = { runAsNonRoot = true, seccompProfile = { type = "RuntimeDefault" } }
        containers = [{
          name            = "reindex"
          image           = local.image
          args            = ["reindex"]
          resources       = { requests = { cpu = "200m", memory = "256Mi" }, limits = { memory = "512Mi" } }
          securityContext = { allowPrivilegeEscalation = false, capabilities = { drop = ["ALL"] } }
        }]
      } } } }
    }
  })
}
