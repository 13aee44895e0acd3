estate { name = "shop" }

group "platform" { signers = "groups/platform.signers" }
group "databases" { signers = "groups/databases.signers" }
group "apps" { signers = "groups/apps.signers" }

layer "infrastructure" {
  owners = ["platform"]
}
layer "data" {
  owners = ["databases"]
}
layer "cluster" {
  owners = ["platform"]
}
layer "apps" {
  owners = ["apps"]
}

environment "prod" {
  protected = true
  values    = { regions = ["eu-west-1"] }
}

stack "network" {
  layer  = "infrastructure"
  source = "./stacks/network"
  inputs = { env = env.name }
}
stack "database" {
  layer  = "data"
  source = "./stacks/database"
  inputs = {
    env        = env.name
    subnet_ids = stack.network.subnet_ids
  }
}
stack "cluster" {
  layer  = "cluster"
  source = "./stacks/cluster"
  inputs = {
    env        = env.name
    subnet_ids = stack.network.subnet_ids
  }
}
stack "orders" {
  layer  = "apps"
  source = "./stacks/orders"
  inputs = {
    cluster  = stack.cluster.name
    database = stack.database.address
  }
}
stack "search" {
  layer  = "apps"
  source = "./stacks/search"
  inputs = { cluster = stack.cluster.name }
}
stack "edge" {
  layer    = "apps"
  source   = "./stacks/edge"
  for_each = toset(env.regions)
  inputs   = { region = each.key }
}
