# Rules that the API server itself checks, with no webhook that could be down. They look at pods, whatever makes them.

locals {
  containers = "(object.spec.containers + (has(object.spec.initContainers) ? object.spec.initContainers : []))"

  rules = {
    images-from-our-registries = {
      expression = "${local.containers}.all(c, ${jsonencode(var.allowed_registries)}.exists(prefix, c.image.startsWith(prefix)))"
      message    = "images come from ${join(", ", var.allowed_registries)}"
    }

    images-are-pinned = {
      expression = "${local.containers}.all(c, c.image.contains('@sha256:') || (c.image.matches('.*:[^/]+$') && !c.image.endsWith(':latest')))"
      message    = "an image carries a version or a digest, and never `latest`"
    }

    memory-is-limited = {
      expression = "${local.containers}.all(c, has(c.resources) && has(c.resources.limits) && 'memory' in c.resources.limits)"
      message    = "every container has a limit of memory"
    }
  }
}

resource "kubernetes_validating_admission_policy_v1" "rule" {
  for_each = local.rules

  metadata = {
    name = each.key
  }

  spec = {
    failure_policy    = "Fail"
    audit_annotations = []

    match_constraints = {
      resource_rules = [{
        api_groups   = [""]
        api_versions = ["v1"]
        operations   = ["CREATE", "UPDATE"]
        resources    = ["pods"]
      }]
    }

    validations = [{
      expression = each.value.expression
      message    = each.value.message
      reason     = "Forbidden"
    }]
  }
}

# A policy binds nobody until it is bound; the provider has no type for that, so a small chart of ours does it.
resource "helm_release" "bindings" {
  name      = "admission-bindings"
  namespace = "kube-system"
  chart     = "${path.module}/chart"

  values = [yamlencode({
    policies   = [for rule in kubernetes_validating_admission_policy_v1.rule : rule.metadata.name]
    namespaces = sort(var.namespaces)
    action     = var.action
  })]
}
