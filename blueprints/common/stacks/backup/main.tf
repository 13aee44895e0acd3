# Backups of what teams have in the cluster: objects and volumes, every night, out of the cluster and out of its reach.

resource "helm_release" "velero" {
  name       = "velero"
  namespace  = var.namespace
  repository = "https://vmware-tanzu.github.io/helm-charts"
  chart      = "velero"
  version    = "11.2.0"

  values = [yamlencode({
    priorityClassName = var.priority_class
    podLabels         = local.identity_labels
    credentials       = { useSecret = false } # by its workload identity
    initContainers    = [merge(local.plugin, { volumeMounts = [{ mountPath = "/target", name = "plugins" }] })]
    deployNodeAgent   = false # volumes are backed up by snapshots, which need nothing on the machines
    upgradeCRDs       = true
    resources         = { requests = { cpu = "100m", memory = "256Mi" }, limits = { memory = "1Gi" } }

    serviceAccount = { server = { create = true, name = "velero", annotations = local.identity_annotations } }

    configuration = {
      backupStorageLocation  = [merge(local.backup_location, { name = "default", default = true })]
      volumeSnapshotLocation = [merge(local.snapshot_location, { name = "default" })]
    }

    schedules = {
      nightly = {
        schedule = "17 2 * * *"
        template = {
          ttl                = "${var.keep_days * 24}h0m0s"
          includedNamespaces = sort(var.teams)
          excludedResources  = ["secrets"] # they come back from the cloud's store
          snapshotVolumes    = true
        }
      }
    }
  })]
}
