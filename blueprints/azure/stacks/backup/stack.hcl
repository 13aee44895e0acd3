stack "backup" {
  layer        = "cluster-services"
  environments = ["dev", "prod"]

  inputs = {
    namespace                 = stack.cluster-base.namespaces.velero
    priority_class            = stack.cluster-base.priority_classes.platform
    teams                     = stack.cluster-base.teams
    keep_days                 = env.protected ? 30 : 7
    principal_ids             = stack.cluster.workload_principal_ids
    cluster_resource_group_id = stack.cluster.node_resource_group_id
    subnet_ids                = stack.network.private_subnet_ids
  }
}
