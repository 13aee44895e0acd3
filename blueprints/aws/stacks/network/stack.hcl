stack "network" {
  layer        = "infrastructure"
  environments = ["dev", "prod"]

  inputs = {
    cidr               = env.cidr
    zones              = [for zone in env.zones : trimprefix(zone, env.region)]
    nat                = env.nat
    flow_logs_role_arn = stack.automation.service_role_arns["flow-logs"]
  }
}
