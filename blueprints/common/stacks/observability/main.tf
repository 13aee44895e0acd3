# Logs and metrics. An agent on each machine reads containers' logs; a gateway takes what apps send and scrapes what asks for it. Both
# are the same collector; where their data goes is the cloud's part, in `cloud.tf`.

locals {
  repository = "https://open-telemetry.github.io/opentelemetry-helm-charts"
  chart      = "opentelemetry-collector"
  version    = "0.140.0"

  common = {
    image             = { repository = "otel/opentelemetry-collector-contrib" }
    priorityClassName = var.priority_class
    extraEnvs         = local.collector_env
    podLabels         = local.identity_labels
    resources         = { requests = { cpu = "100m", memory = "256Mi" }, limits = { memory = "512Mi" } }
  }

  # Every signal says where it comes from, whichever collector took it.
  config = {
    extensions = merge({ health_check = { endpoint = "$${env:MY_POD_IP}:13133" } }, local.collector_extensions)
    exporters  = local.exporters

    processors = {
      memory_limiter = { check_interval = "1s", limit_percentage = 80, spike_limit_percentage = 25 }
      batch          = {}
      resource = {
        attributes = [
          { key = "deployment.environment.name", value = var.env, action = "upsert" },
          { key = "k8s.cluster.name", value = var.cluster_name, action = "upsert" },
        ]
      }
    }
  }

  processors = ["memory_limiter", "resource", "batch"]
  extensions = concat(["health_check"], keys(local.collector_extensions))
}

resource "helm_release" "gateway" {
  name       = "otel-gateway"
  namespace  = var.namespace
  repository = local.repository
  chart      = local.chart
  version    = local.version

  values = [yamlencode(merge(local.common, {
    mode                = "deployment"
    replicaCount        = var.replicas
    podDisruptionBudget = { enabled = var.replicas > 1, maxUnavailable = 1 }

    # One identity for both: the gateway's release makes it, the agent uses it.
    serviceAccount = { create = true, name = "otel-collector", annotations = local.identity_annotations }
    clusterRole    = { create = true, rules = [{ apiGroups = [""], resources = ["pods", "nodes", "endpoints", "services"], verbs = ["get", "list", "watch"] }] }

    config = merge(local.config, {
      receivers = {
        otlp = { protocols = { grpc = { endpoint = "0.0.0.0:4317" }, http = { endpoint = "0.0.0.0:4318" } } }
        prometheus = {
          config = {
            scrape_configs = [{
              job_name              = "pods"
              kubernetes_sd_configs = [{ role = "pod" }]
              relabel_configs       = [{ source_labels = ["__meta_kubernetes_pod_annotation_prometheus_io_scrape"], regex = "true", action = "keep" }]
            }]
          }
        }
      }

      service = {
        extensions = local.extensions
        pipelines = {
          logs    = { receivers = ["otlp"], processors = local.processors, exporters = local.log_exporters }
          metrics = { receivers = ["otlp", "prometheus"], processors = local.processors, exporters = local.metric_exporters }
          traces  = null
        }
      }
    })
  }))]
}

resource "helm_release" "agent" {
  name       = "otel-agent"
  namespace  = var.namespace
  repository = local.repository
  chart      = local.chart
  version    = local.version

  values = [yamlencode(merge(local.common, {
    mode           = "daemonset"
    presets        = { logsCollection = { enabled = true }, kubernetesAttributes = { enabled = true } }
    serviceAccount = { create = false, name = "otel-collector" }
    tolerations    = [{ operator = "Exists" }] # on every machine, also those kept for others

    config = merge(local.config, {
      service = {
        extensions = local.extensions
        pipelines = {
          logs    = { processors = local.processors, exporters = local.log_exporters }
          metrics = null
          traces  = null
        }
      }
    })
  }))]

  depends_on = [helm_release.gateway]
}
