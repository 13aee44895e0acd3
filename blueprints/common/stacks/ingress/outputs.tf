output "gateway" {
  description = "The gateway that apps put routes on, the domain of their names, and where its requests come from: addresses and namespaces."
  value = {
    name       = helm_release.gateway.name
    namespace  = helm_release.gateway.namespace
    listener   = "https"
    domain     = var.domain
    cidrs      = local.gateway_sources.cidrs
    namespaces = local.gateway_sources.namespaces
  }
}
