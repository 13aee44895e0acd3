stack "edge" {
  layer        = "app-services"
  environments = ["dev", "prod"]

  inputs = {
    priority_class = stack.cluster-base.priority_classes.platform
    replicas       = env.replicas
    zone_id        = stack.dns.zone_id
    zone_name      = stack.dns.zone_name
    contact        = "platform@${env.domain}"

    namespaces = {
      external-dns = stack.cluster-base.namespaces.external-dns
      cert-manager = stack.cluster-base.namespaces.cert-manager
    }
  }
}
