stack "secrets" {
  layer        = "cluster-services"
  environments = ["dev", "prod"]

  inputs = {
    namespace      = stack.cluster-base.namespaces.external-secrets
    priority_class = stack.cluster-base.priority_classes.platform
    consumers      = stack.cluster-base.teams
    replicas       = env.replicas
    principal_ids  = stack.cluster.workload_principal_ids
    subnet_ids     = stack.network.private_subnet_ids
  }
}
