# EKS is what Istio's charts take a cluster to be that says nothing.

locals {
  platform = {}
}
