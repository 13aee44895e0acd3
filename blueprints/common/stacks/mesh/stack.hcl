stack "mesh" {
  layer        = "cluster-services"
  environments = ["dev", "prod"]
  hosted_by    = stack.cluster

  inputs = {
    enabled        = env.mesh
    namespace      = stack.cluster-base.namespaces.istio-system
    namespaces     = stack.cluster-base.teams
    priority_class = stack.cluster-base.priority_classes.platform
    replicas       = env.replicas
  }
}
