# Layer 4: rules that the API server itself checks, with no webhook that could be down.

locals {
  rules = {
    images-are-pinned = {
      message    = "an image carries a version or a digest, and never `latest`"
      expression = "object.spec.template.spec.containers.all(c, c.image.contains('@sha256:') || (c.image.matches('.*:[^/]+$') && !c.image.endsWith(':latest')))"
    }
    memory-is-limited = {
      message    = "every container has a limit of memory"
      expression = "object.spec.template.spec.containers.all(c, has(c.resources) && has(c.resources.limits) && 'memory' in c.resources.limits)"
    }
  }
}

resource "kubectl_manifest" "rule" {
  for_each = local.rules

  yaml_body = yamlencode({
    apiVersion = "admissionregistration.k8s.io/v1"
    kind       = "ValidatingAdmissionPolicy"
    metadata   = { name = each.key }
    spec = {
      failurePolicy = "Fail"
      matchConstraints = {
        resourceRules = [{
          apiGroups   = ["apps"]
          apiVersions = ["v1"]
          operations  = ["CREATE", "UPDATE"]
          resources   = ["deployments", "daemonsets", "statefulsets"]
        }]
      }
      validations = [{ expression = each.value.expression, message = each.value.message }]
    }
  })
}

resource "kubectl_manifest" "binding" {
  for_each = local.rules

  yaml_body = yamlencode({
    apiVersion = "admissionregistration.k8s.io/v1"
    kind       = "ValidatingAdmissionPolicyBinding"
    metadata   = { name = each.key }
    spec = {
      policyName        = kubectl_manifest.rule[each.key].name
      validationActions = ["Deny"]
      matchResources = {
        namespaceSelector = {
          matchExpressions = [{ key = "kubernetes.io/metadata.name", operator = "In", values = sort(var.namespaces) }]
        }
      }
    }
  })
}
