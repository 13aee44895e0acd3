# What Google Cloud gives the cluster: disks that are copied between zones. Gateway API's definitions come with GKE.

locals {
  storage_classes = {
    general = {
      default     = true
      provisioner = "pd.csi.storage.gke.io"
      parameters  = { type = "pd-balanced", "replication-type" = "regional-pd" }
      reclaim     = "Delete"
    }

    # For what cannot be made again: the disk stays when its claim goes.
    retained = {
      default     = false
      provisioner = "pd.csi.storage.gke.io"
      parameters  = { type = "pd-ssd", "replication-type" = "regional-pd" }
      reclaim     = "Retain"
    }
  }

  crds = {}
}
