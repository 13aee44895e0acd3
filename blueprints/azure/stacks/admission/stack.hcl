stack "admission" {
  layer        = "cluster-services"
  environments = ["dev", "prod"]
  hosted_by    = stack.cluster

  inputs = {
    namespaces         = stack.cluster-base.teams
    allowed_registries = ["${stack.registry.login_server}/"]
  }
}
