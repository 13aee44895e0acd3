stack "admission" {
  layer        = "cluster-services"
  environments = ["dev", "prod"]

  inputs = {
    namespaces         = stack.cluster-base.teams
    allowed_registries = ["${env.region}-docker.pkg.dev/${env.project}/"]
    enforce            = env.protected
    protected          = env.protected
  }
}
