stack "ingress" {
  layer        = "app-services"
  environments = ["dev", "prod"]

  inputs = {
    namespace           = stack.cluster-base.namespaces.ingress
    priority_class      = stack.cluster-base.priority_classes.platform
    replicas            = env.replicas
    domain              = stack.edge.domain
    certificate_arn     = stack.edge.certificate
    network             = { id = stack.network.network_id, cidr = stack.network.cidr }
    deletion_protection = env.protected
  }
}
