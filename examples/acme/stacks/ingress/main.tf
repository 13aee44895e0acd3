# Layer 5: the way in. One controller for all apps; its certificate answers only where an app brings none of its own.

resource "tls_private_key" "fallback" {
  algorithm   = "ECDSA"
  ecdsa_curve = "P256"
}

resource "tls_self_signed_cert" "fallback" {
  private_key_pem       = tls_private_key.fallback.private_key_pem
  validity_period_hours = 24 * 365
  early_renewal_hours   = 24 * 30
  allowed_uses          = ["digital_signature", "server_auth"]
  dns_names             = ["*.${var.domain}"]

  subject {
    common_name = "*.${var.domain}"
  }
}

resource "helm_release" "controller" {
  name      = "ingress"
  namespace = var.namespace
  chart     = "${path.module}/chart"
  wait      = false

  values = [yamlencode({
    replicas = var.replicas
    domain   = var.domain
  })]

  set_sensitive {
    name  = "certificate.key"
    value = base64encode(tls_private_key.fallback.private_key_pem)
  }

  set_sensitive {
    name  = "certificate.certificate"
    value = base64encode(tls_self_signed_cert.fallback.cert_pem)
  }
}

resource "kubectl_manifest" "class" {
  yaml_body = yamlencode({
    apiVersion = "networking.k8s.io/v1"
    kind       = "IngressClass"
    metadata   = { name = "acme" }
    spec       = { controller = "example.com/${helm_release.controller.name}" }
  })
}
