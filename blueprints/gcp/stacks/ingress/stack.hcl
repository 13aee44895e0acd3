stack "ingress" {
  layer        = "app-services"
  environments = ["dev", "prod"]

  inputs = {
    namespace       = stack.cluster-base.namespaces.ingress
    domain          = stack.edge.domain
    certificate_map = stack.edge.certificate
  }
}
