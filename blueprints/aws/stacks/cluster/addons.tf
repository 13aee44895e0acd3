# What Auto Mode brings along is an add-on elsewhere. Network policies are enforced by the network's own add-on.

locals {
  before = var.auto_mode ? {} : {
    vpc-cni                = { values = jsonencode({ enableNetworkPolicy = "true", env = { ENABLE_PREFIX_DELEGATION = "true" } }) }
    kube-proxy             = { values = null }
    eks-pod-identity-agent = { values = null }
  }

  after = var.auto_mode ? {} : {
    coredns            = { accounts = {} }
    aws-ebs-csi-driver = { accounts = { ebs-csi-controller-sa = var.workload_role_arns["ebs-csi"] } }
    metrics-server     = { accounts = {} }
  }
}

resource "aws_eks_addon" "before" {
  for_each = local.before

  cluster_name                = aws_eks_cluster.main.name
  addon_name                  = each.key
  configuration_values        = each.value.values
  resolve_conflicts_on_create = "OVERWRITE"
  resolve_conflicts_on_update = "OVERWRITE"
}

resource "aws_eks_addon" "after" {
  for_each = local.after

  cluster_name                = aws_eks_cluster.main.name
  addon_name                  = each.key
  resolve_conflicts_on_create = "OVERWRITE"
  resolve_conflicts_on_update = "OVERWRITE"

  dynamic "pod_identity_association" {
    for_each = each.value.accounts

    content {
      service_account = pod_identity_association.key
      role_arn        = pod_identity_association.value
    }
  }

  # Their pods need machines to run on.
  depends_on = [aws_eks_node_group.main]
}
