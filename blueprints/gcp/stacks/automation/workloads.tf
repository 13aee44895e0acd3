# Who runs in the cluster, and with which roles. They are `principal://` of the cluster's pool: a Kubernetes service account, without key and
# without an account of Google's. The stack `cluster` gives them the roles, since their pool is there only with the project's first cluster.
# An account of Google's have those who log in to the database: Cloud SQL knows no principals.

locals {
  workloads = var.stacks != null ? {} : {
    otel             = { subject = "observability/otel-collector", roles = ["roles/logging.logWriter", "roles/monitoring.metricWriter", "roles/cloudtrace.agent"] }
    external-secrets = { subject = "external-secrets/external-secrets", roles = [] } # secret by secret, in `secrets`
    velero           = { subject = "velero/velero", roles = [] }                     # its bucket is in `backup`
    external-dns     = { subject = "external-dns/external-dns", roles = [] }         # one zone, in `cluster`
    cert-manager     = { subject = "cert-manager/cert-manager", roles = [] }         # one zone, in `cluster`
    argocd           = { subject = "argocd/argocd-repo-server", roles = ["roles/artifactregistry.reader"] }
    orders           = { subject = "orders/orders", roles = [] }
    search           = { subject = "search/search", roles = [] }
  }

  pool = "principal://iam.googleapis.com/projects/${data.google_project.this.number}/locations/global/workloadIdentityPools/${var.project}.svc.id.goog"

  logging_in = [for name in ["orders", "search"] : name if contains(keys(local.workloads), name)]
}

data "google_project" "this" {
  project_id = var.project
}

resource "google_service_account" "workload" {
  for_each = toset(local.logging_in)

  account_id   = "workload-${each.value}"
  display_name = "Workload: ${each.value}"
  description  = "Logs in to the database for ${each.value}."
}

resource "google_project_iam_member" "login" {
  for_each = {
    for pair in setproduct(local.logging_in, ["roles/cloudsql.client", "roles/cloudsql.instanceUser"]) :
    join(" ", pair) => { name = pair[0], role = pair[1] }
  }

  project = var.project
  role    = each.value.role
  member  = google_service_account.workload[each.value.name].member
}

# Machines of the cluster: logs, metrics, and nothing that a pod on them could misuse.
resource "google_service_account" "nodes" {
  count = var.stacks == null ? 1 : 0

  account_id   = "cluster-nodes"
  display_name = "Machines of the cluster"
}

resource "google_project_iam_member" "nodes" {
  count = var.stacks == null ? 1 : 0

  project = var.project
  role    = "roles/container.defaultNodeServiceAccount"
  member  = google_service_account.nodes[0].member
}
