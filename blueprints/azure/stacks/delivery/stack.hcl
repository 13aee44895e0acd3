stack "delivery" {
  layer        = "app-services"
  environments = ["dev", "prod"]

  inputs = {
    namespace      = stack.cluster-base.namespaces.argocd
    priority_class = stack.cluster-base.priority_classes.platform
    replicas       = env.replicas
    groups         = stack.cluster.kubernetes_groups
    registry_id    = stack.registry.registry_id

    # Numeric ids of the teams' repositories at the forge.
    pushers = { orders = "100000001", search = "100000002" }
  }
}
