# What Azure gives the cluster: disks that are copied between zones. Gateway API's definitions come with AKS.

locals {
  storage_classes = {
    general = {
      default     = true
      provisioner = "disk.csi.azure.com"
      parameters  = { skuName = "StandardSSD_ZRS" }
      reclaim     = "Delete"
    }

    # For what cannot be made again: the disk stays when its claim goes.
    retained = {
      default     = false
      provisioner = "disk.csi.azure.com"
      parameters  = { skuName = "Premium_ZRS" }
      reclaim     = "Retain"
    }
  }

  crds = {}
}
