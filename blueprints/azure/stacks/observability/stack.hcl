stack "observability" {
  layer        = "cluster-services"
  environments = ["dev", "prod"]

  inputs = {
    namespace      = stack.cluster-base.namespaces.observability
    priority_class = stack.cluster-base.priority_classes.platform
    replicas       = env.replicas
    retention_days = env.protected ? 365 : 30
    principal_ids  = stack.cluster.workload_principal_ids
  }
}
