# Which pods go first when there is no room, and what disks there are. The cloud's disks are told by `cloud.tf`.

locals {
  priorities = {
    platform   = { value = 1000000, description = "Services that all teams stand on." }
    production = { value = 100000, description = "What customers wait for." }
    standard   = { value = 10000, description = "What says nothing." }
    batch      = { value = 1000, description = "What can wait, and takes nobody's place." }
  }
}

resource "kubernetes_priority_class_v1" "main" {
  for_each = local.priorities

  metadata {
    name = each.key
  }

  value             = each.value.value
  description       = each.value.description
  global_default    = each.key == "standard"
  preemption_policy = each.key == "batch" ? "Never" : "PreemptLowerPriority"
}

resource "kubernetes_storage_class_v1" "main" {
  for_each = local.storage_classes

  metadata {
    name        = each.key
    annotations = { "storageclass.kubernetes.io/is-default-class" = tostring(each.value.default) }
  }

  storage_provisioner    = each.value.provisioner
  parameters             = each.value.parameters
  reclaim_policy         = each.value.reclaim
  volume_binding_mode    = "WaitForFirstConsumer" # the disk goes where the pod is
  allow_volume_expansion = true
}
