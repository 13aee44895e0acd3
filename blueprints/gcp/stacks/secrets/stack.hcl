stack "secrets" {
  layer        = "cluster-services"
  environments = ["dev", "prod"]
  hosted_by    = stack.cluster

  inputs = {
    namespace      = stack.cluster-base.namespaces.external-secrets
    priority_class = stack.cluster-base.priority_classes.platform
    consumers      = stack.cluster-base.teams
    replicas       = env.replicas
    secret_ids     = stack.database.secret_ids
    reader         = stack.cluster.workload_identities.external-secrets
  }
}
