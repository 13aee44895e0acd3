# Of team B: deployed by Argo CD from the team's own repository.

stack "search" {
  layer        = "apps"
  environments = ["dev", "prod"]
  owners       = ["team-b"]

  inputs = {
    namespace        = stack.cluster-base.namespaces.search
    priority_class   = stack.cluster-base.priority_classes.production
    argocd_namespace = stack.delivery.namespace
    image            = stack.registry.repository_urls["search"]
    gateway          = stack.ingress.gateway
    secret_store     = stack.secrets.store
    otlp_endpoint    = stack.observability.otlp_endpoint

    repository = {
      url      = "https://git.example.com/search/deploy.git"
      path     = "chart"
      revision = env.name # a branch for each environment
    }
  }
}
