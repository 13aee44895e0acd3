stack "machines" {
  layer        = "infrastructure"
  environments = ["dev", "prod"]

  inputs = {
    boundary_arn = stack.ci-trust.boundary_arn
    network      = { id = stack.network.network_id, subnet_ids = stack.network.private_subnet_ids }
    size         = env.machines
  }
}
