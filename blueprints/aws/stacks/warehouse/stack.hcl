stack "warehouse" {
  layer        = "infrastructure"
  environments = ["dev", "prod"]
  owners       = ["databases"]

  inputs = {
    subnet_ids        = stack.network.private_subnet_ids
    security_group_id = stack.network.security_group_ids["warehouse"]
    role_arn          = stack.automation.service_role_arns["redshift"]
    capacity          = env.protected ? 32 : 8
    hours_a_day       = env.protected ? 24 : 4
  }
}
