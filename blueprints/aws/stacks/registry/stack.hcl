stack "registry" {
  layer        = "infrastructure"
  environments = ["dev", "prod"]

  inputs = {
    images          = ["orders", "search"]
    puller_role_arn = stack.automation.service_role_arns["nodes"]
    protected       = env.protected
  }
}
