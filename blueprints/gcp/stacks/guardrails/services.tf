# Which services each project has. Made here, since an account that may turn on any service may spend on any.

locals {
  services = {
    shared = [
      "billingbudgets", "cloudidentity", "cloudkms", "cloudresourcemanager", "dns", "iam", "iamcredentials",
      "logging", "monitoring", "orgpolicy", "privilegedaccessmanager", "sqladmin", "storage", "sts",
    ]
    other = [
      "artifactregistry", "bigquery", "binaryauthorization", "certificatemanager", "cloudkms", "cloudresourcemanager",
      "compute", "container", "containeranalysis", "containerscanning", "cloudtrace", "dns", "gkebackup", "iam",
      "iamcredentials", "logging", "monitoring", "pubsub", "secretmanager", "servicenetworking", "sqladmin",
      "storage", "sts",
    ]
  }
}

resource "google_project_service" "this" {
  for_each = merge([
    for env, project in var.projects : {
      for service in lookup(local.services, env, local.services.other) : "${env}/${service}" => { project = project, service = "${service}.googleapis.com" }
    }
  ]...)

  project            = each.value.project
  service            = each.value.service
  disable_on_destroy = false # what uses it goes first, or stays
}
