# Four wired stacks in three layers that need no provider binary: everything is `terraform_data`.
# Try it: `strata plan`, `strata apply`, `strata plan` again; then change a cidr below and plan once more.

estate {
  name   = "hello"
  store  = "sqlite:.strata/estate.db"
  inputs = { env = env.name }
}

layer "infrastructure" {}
layer "cluster" {}
layer "apps" {}

environment "dev" {
  values = { cidr = "10.1.0.0/16", replicas = 1 }
}

environment "prod" {
  values = { cidr = "10.0.0.0/16", replicas = 3 }
}

stack "network" {
  layer  = "infrastructure"
  source = "./stacks/network"
  inputs = { cidr = env.cidr }
}

stack "database" {
  layer  = "infrastructure"
  source = "./stacks/database"
  inputs = {
    network_id = stack.network.id
    subnets    = stack.network.private_subnets
  }
}

stack "cluster" {
  layer  = "cluster"
  source = "./stacks/cluster"
  inputs = {
    name    = "${estate.name}-${env.name}"
    subnets = stack.network.private_subnets
  }
}

stack "shop" {
  layer  = "apps"
  source = "./stacks/shop"
  inputs = {
    cluster  = stack.cluster.endpoint
    database = stack.database.endpoint
    replicas = env.replicas
  }
}
