# The estate of `cargo xtask e2e first-light`; what stands between @ is filled in when its parts have started.

estate {
  name  = "first-light"
  store = "sqlite:.strata/estate.db"
}

layer "infrastructure" {}
layer "cluster" {}
layer "services" {}

environment "test" {
  values = {
    kube_host    = "@KUBE_HOST@"
    kube_token   = "@KUBE_TOKEN@"
    aws_endpoint = "@AWS_ENDPOINT@"
    cidr         = "@CIDR@"
    greeting     = "@GREETING@"
  }
}

stack "names" {
  layer  = "infrastructure"
  source = "./stacks/names"
}

stack "network" {
  layer  = "infrastructure"
  source = "./stacks/@NETWORK@"
  inputs = {
    name     = stack.names.name
    cidr     = env.cidr
    endpoint = env.aws_endpoint
    cluster  = env.kube_host
  }
}

stack "cluster" {
  layer  = "cluster"
  source = "./stacks/cluster"
  inputs = {
    host    = stack.network.cluster_endpoint
    token   = env.kube_token
    team    = stack.names.name
    network = stack.network.id
  }
}

stack "service" {
  layer  = "services"
  source = "./stacks/service"
  inputs = {
    host      = stack.network.cluster_endpoint
    token     = env.kube_token
    namespace = stack.cluster.namespace
    greeting  = env.greeting
  }
}
