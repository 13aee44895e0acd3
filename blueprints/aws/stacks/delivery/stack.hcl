stack "delivery" {
  layer        = "app-services"
  environments = ["dev", "prod"]

  inputs = {
    namespace         = stack.cluster-base.namespaces.argocd
    priority_class    = stack.cluster-base.priority_classes.platform
    replicas          = env.replicas
    groups            = stack.cluster.kubernetes_groups
    oidc_provider_arn = stack.ci-trust.oidc_provider_arn
    boundary_arn      = stack.ci-trust.boundary_arn
    owner_id          = env.repository.owner_id
    repository_arns   = stack.registry.repository_arns

    # Numeric ids of the teams' repositories at the forge.
    pushers = { orders = "100000001", search = "100000002" }
  }
}
