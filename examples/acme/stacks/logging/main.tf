# Layer 4: logs of all pods, gathered on each machine.

resource "helm_release" "collector" {
  name      = "log-collector"
  namespace = var.namespace
  chart     = "${path.module}/chart"
  wait      = false

  values = [yamlencode({
    retentionDays = var.retention_days
  })]
}
