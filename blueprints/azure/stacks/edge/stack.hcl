stack "edge" {
  layer        = "app-services"
  environments = ["dev", "prod"]

  inputs = {
    priority_class     = stack.cluster-base.priority_classes.platform
    replicas           = env.replicas
    zone               = { id = stack.dns.zone_id, resource_group_name = stack.dns.resource_group_name }
    zone_name          = stack.dns.zone_name
    contact            = "platform@${env.domain}"
    principal_ids      = stack.cluster.workload_principal_ids
    subnet_ids         = stack.network.private_subnet_ids
    certificate_issuer = env.protected ? "DigiCert" : "Self"

    namespaces = {
      external-dns = stack.cluster-base.namespaces.external-dns
      cert-manager = stack.cluster-base.namespaces.cert-manager
    }
  }
}
