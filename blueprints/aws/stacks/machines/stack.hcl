stack "machines" {
  layer        = "infrastructure"
  environments = ["dev", "prod"]

  inputs = {
    subnet_ids        = stack.network.private_subnet_ids
    security_group_id = stack.network.security_group_ids["machines"]
    instance_profile  = stack.automation.machines_profile
    size              = { min = env.machines.min, max = env.machines.max, desired = env.machines.min }
  }
}
