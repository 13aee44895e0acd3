stack "pipeline" {
  layer        = "infrastructure"
  environments = ["dev", "prod"]
  owners       = ["databases"]

  inputs = {
    delivery_role_arn = stack.automation.service_role_arns["firehose"]
    archive_days      = env.retention.raw_days
    protected         = env.protected
  }
}
