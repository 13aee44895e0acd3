stack "secrets" {
  layer        = "cluster-services"
  environments = ["dev", "prod"]
  hosted_by    = stack.cluster

  inputs = {
    namespace      = stack.cluster-base.namespaces.external-secrets
    priority_class = stack.cluster-base.priority_classes.platform
    consumers      = stack.cluster-base.teams
    replicas       = env.replicas
  }
}
