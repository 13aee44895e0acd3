# What AWS gives the cluster: EBS volumes, encrypted. Gateway API's definitions are not part of EKS.

locals {
  storage_classes = {
    general = {
      default     = true
      provisioner = "ebs.csi.aws.com"
      parameters  = { type = "gp3", encrypted = "true" }
      reclaim     = "Delete"
    }

    # For what cannot be made again: the volume stays when its claim goes.
    retained = {
      default     = false
      provisioner = "ebs.csi.aws.com"
      parameters  = { type = "gp3", encrypted = "true" }
      reclaim     = "Retain"
    }
  }

  crds = {
    gateway-api-crds = {
      repository = "oci://docker.io/envoyproxy"
      chart      = "gateway-crds-helm"
      version    = "1.6.1"
      values     = { crds = { gatewayAPI = { enabled = true, channel = "standard" }, envoyGateway = { enabled = false } } }
    }
  }
}
