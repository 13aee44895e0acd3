# AKS is what Istio's charts take a cluster to be that says nothing. The gateway of app routing has a control plane of its own, in a
# namespace of its own, and looks at its own gateway class alone.

locals {
  platform = {}
}
