stack "backup" {
  layer        = "cluster-services"
  environments = ["dev", "prod"]

  inputs = {
    namespace      = stack.cluster-base.namespaces.velero
    priority_class = stack.cluster-base.priority_classes.platform
    teams          = stack.cluster-base.teams
    keep_days      = env.protected ? 30 : 7
    protected      = env.protected
  }
}
