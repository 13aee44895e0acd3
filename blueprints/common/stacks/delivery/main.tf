# The app pipeline: a team's CI pushes an image by a role that can push to this repository alone (`cloud.tf`), and Argo CD brings what
# the team's repository says into the team's namespace.

resource "helm_release" "argocd" {
  name       = "argocd"
  namespace  = var.namespace
  repository = "https://argoproj.github.io/argo-helm"
  chart      = "argo-cd"
  version    = "9.1.6"

  values = [yamlencode({
    global         = { priorityClassName = var.priority_class, podLabels = local.identity_labels }
    crds           = { install = true, keep = true }
    controller     = { replicas = 1 }
    server         = { replicas = var.replicas }
    applicationSet = { replicas = var.replicas }
    dex            = { enabled = false }
    notifications  = { enabled = false }

    repoServer = {
      replicas       = var.replicas
      serviceAccount = { create = true, name = "argocd-repo-server", annotations = local.identity_annotations }
    }

    configs = {
      # Nobody logs in with a password. People use `argocd --core`, by what they may do in the cluster.
      cm = {
        "admin.enabled"                      = "false"
        "exec.enabled"                       = "false"
        "application.resourceTrackingMethod" = "annotation"
      }

      rbac = { "policy.default" = "role:none", "policy.csv" = "" }
    }
  })]
}

# Argo CD comes with a project that may do anything anywhere; ours may do nothing, so that each team has one of its own.
resource "helm_release" "projects" {
  name      = "projects"
  namespace = helm_release.argocd.namespace
  chart     = "${path.module}/chart"
}

resource "kubernetes_role_v1" "applications" {
  metadata {
    name      = "applications"
    namespace = helm_release.argocd.namespace
  }

  rule {
    api_groups = ["argoproj.io"]
    resources  = ["applications", "appprojects"]
    verbs      = ["get", "list", "watch"]
  }
}

# All teams see what is deployed.
resource "kubernetes_role_binding_v1" "applications" {
  for_each = var.groups

  metadata {
    name      = "applications:${each.key}"
    namespace = kubernetes_role_v1.applications.metadata[0].namespace
  }

  role_ref {
    api_group = "rbac.authorization.k8s.io"
    kind      = "Role"
    name      = kubernetes_role_v1.applications.metadata[0].name
  }

  subject {
    api_group = "rbac.authorization.k8s.io"
    kind      = "Group"
    name      = each.value
  }
}
