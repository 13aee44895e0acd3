output "domain" {
  description = "The domain that apps have their names under."
  value       = local.domain
}

output "issuer" {
  description = "The issuer of certificates inside of the cluster."
  value       = "acme"
  depends_on  = [helm_release.issuer]
}

output "certificate" {
  description = "The certificate at the edge, as the load balancer's configuration names it, once it is valid."
  value       = local.certificate
}
