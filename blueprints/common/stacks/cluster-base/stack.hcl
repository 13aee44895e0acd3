# What stands in the cluster before anything runs in it. Teams and services are listed here, where a review sees them.

stack "cluster-base" {
  layer        = "cluster"
  environments = ["dev", "prod"]

  inputs = {
    mesh   = env.mesh
    groups = stack.cluster.kubernetes_groups

    namespaces = {
      observability    = { owner = "platform", kind = "service", pod_security = "privileged", mesh = false, open_ports = [4317, 4318], calls_ports = [9090] } # reads the machines' own logs
      external-secrets = { owner = "platform", kind = "service", open_ports = [10250] }
      velero           = { owner = "platform", kind = "service", pod_security = "baseline" }
      istio-system     = { owner = "platform", kind = "service", pod_security = "privileged", mesh = false, open_ports = [15012, 15017] }
      ingress          = { owner = "platform", kind = "service", pod_security = "baseline", open_ports = [9443] }
      external-dns     = { owner = "platform", kind = "service" }
      cert-manager     = { owner = "platform", kind = "service", open_ports = [10250] }
      argocd           = { owner = "platform", kind = "service" }

      orders = { owner = "team-a", quota = { cpu = "16", memory = "32Gi", pods = 60 } }
      search = { owner = "team-b" }
    }
  }
}
