# Of team A: deployed from here.

stack "orders" {
  layer        = "apps"
  environments = ["dev", "prod"]
  owners       = ["team-a"]

  inputs = {
    namespace               = stack.cluster-base.namespaces.orders
    priority_class          = stack.cluster-base.priority_classes.production
    image                   = stack.registry.repository_urls["orders"]
    release                 = "1.4.0"
    replicas                = env.replicas
    gateway                 = stack.ingress.gateway
    secret_store            = stack.secrets.store
    secret_names            = { for name, secret in stack.database.secret_names : upper(replace(name, "-", "_")) => secret if startswith(name, "orders") }
    otlp_endpoint           = stack.observability.otlp_endpoint
    observability_namespace = stack.observability.namespace

    database = {
      endpoint = stack.database.endpoint
      port     = stack.database.port
      name     = stack.database.database_name
      user     = stack.database.iam_users["orders"]
    }
  }
}
