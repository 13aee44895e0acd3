stack "pipeline" {
  layer        = "infrastructure"
  environments = ["dev", "prod"]
  owners       = ["databases"]

  inputs = {
    boundary_arn = stack.ci-trust.boundary_arn
    raw_days     = env.retention.raw_days
    protected    = env.protected
  }
}
