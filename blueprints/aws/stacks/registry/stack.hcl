stack "registry" {
  layer        = "infrastructure"
  environments = ["dev", "prod"]

  inputs = {
    repositories = { orders = "team-a", search = "team-b" }
    protected    = env.protected
  }
}
