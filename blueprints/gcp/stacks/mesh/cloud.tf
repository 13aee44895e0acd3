# GKE keeps its network plug-ins elsewhere than others; Istio's charts know where once they are told.

locals {
  platform = { platform = "gke" }
}
