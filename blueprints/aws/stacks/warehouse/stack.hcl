stack "warehouse" {
  layer        = "infrastructure"
  environments = ["dev", "prod"]
  owners       = ["databases"]

  inputs = {
    boundary_arn = stack.ci-trust.boundary_arn
    network      = { id = stack.network.network_id, subnet_ids = stack.network.private_subnet_ids }
    network_cidr = stack.network.cidr
    raw          = stack.pipeline.raw
    protected    = env.protected
    capacity     = env.protected ? { base = 32, max = 256 } : { base = 8, max = 16 }
  }
}
