stack "dns-parent" {
  layer        = "infrastructure"
  environments = ["shared"]

  inputs = {
    domain       = env.domain
    accounts     = { for name, id in env.accounts : name => id if name != env.name }
    boundary_arn = stack.ci-trust.boundary_arn
  }
}
