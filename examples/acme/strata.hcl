# The estate of acme: a shop on AWS and Kubernetes, in seven layers of risk. `README.md` says what each stack is.

estate {
  name  = "acme"
  store = "sqlite:.strata/estate.db" # until bootstrap has made the team's: then `strata store copy`

  inputs = {
    org            = estate.name
    env            = env.name
    account_id     = env.account
    region         = env.region
    administrators = env.administrators
  }

  provider "aws" {
    region              = env.region
    allowed_account_ids = [env.account]

    default_tags {
      tags = { "strata:estate" = estate.name, "strata:environment" = env.name, "strata:stack" = self.name }
    }
  }

  # Each stack plans as one role and applies as another. Bootstrap is applied by people, with what they bring along.
  credentials "aws" {
    plan_role  = self.layer == "bootstrap" ? null : "arn:aws:iam::${env.account}:role/acme/${env.name}/strata/acme-${env.name}-${self.name}-plan"
    apply_role = self.layer == "bootstrap" ? null : "arn:aws:iam::${env.account}:role/acme/${env.name}/strata/acme-${env.name}-${self.name}-apply"
  }
}

# Who signs, and whom its people are in the clouds (`strata access` alone reads `principals`).

# What plans of pull requests may start: helm and kubectl fetch what they are told to, tls speaks to hosts.
pull_requests {
  providers = [
    "gavinbunney/kubectl", "hashicorp/aws", "hashicorp/helm", "hashicorp/kubernetes", "hashicorp/random", "hashicorp/tls",
  ]
}

group "security" {
  signers    = "groups/security.signers"
  principals = ["arn:aws:iam::*:role/acme/*/teams/acme-*-team-security"]
}

group "platform" {
  signers    = "groups/platform.signers"
  principals = ["arn:aws:iam::*:role/acme/*/teams/acme-*-team-platform"]
}

group "databases" {
  signers    = "groups/databases.signers"
  principals = ["arn:aws:iam::*:role/acme/*/teams/acme-*-team-databases"]
}

group "shop" {
  signers    = "groups/shop.signers"
  principals = ["arn:aws:iam::*:role/acme/*/teams/acme-*-team-apps"]
}

group "search" {
  signers    = "groups/search.signers"
  principals = ["arn:aws:iam::*:role/acme/*/teams/acme-*-team-apps"]
}

# The order of the layers is their rank: a stack reads outputs of its own layer and of those above this line only.

layer "bootstrap" {
  owners      = ["security", "platform"]
  approvals   = 2
  max_destroy = 0
}

layer "identity" {
  owners      = ["security"]
  max_destroy = 4
}

layer "infrastructure" {
  owners      = ["platform"]
  max_destroy = 8
}

layer "cluster" {
  owners      = ["platform"]
  max_destroy = 8
  inputs      = { cluster = stack.eks.cluster }
}

layer "cluster-services" {
  owners = ["platform"]
  inputs = { cluster = stack.eks.cluster }
}

layer "app-services" {
  owners = ["platform"]
  inputs = { cluster = stack.eks.cluster }
}

layer "apps" {
  owners = ["platform"]

  inputs = {
    cluster       = stack.eks.cluster
    images        = stack.registry.image_urls
    orders        = stack.database.orders
    logs_endpoint = stack.logging.endpoint
    ingress       = { class = stack.ingress.class, domain = stack.ingress.domain }
  }
}

environment "dev" {
  values = {
    account        = "111111111111"
    administrators = ["arn:aws:iam::111111111111:role/administrator"]
    region         = "eu-west-1"
    networks       = { eu-west-1 = "10.1.0.0/16" }
    nat            = "one"
    protected      = false # no deletion protection and no final snapshots: dev comes and goes
    databases      = 1
    nodes          = { min = 1, max = 3, desired = 1 }
    replicas       = 1
    domain         = "dev.acme.example"
  }

  credentials "kubernetes" {
    exec = ["aws", "eks", "get-token", "--output", "json", "--region", env.region, "--cluster-name", "acme-${env.name}"]
  }
}

environment "prod" {
  protected = true
  after     = ["dev"]

  values = {
    account        = "222222222222"
    administrators = ["arn:aws:iam::222222222222:role/administrator"]
    region         = "eu-west-1"
    networks       = { eu-west-1 = "10.0.0.0/16", us-east-1 = "10.2.0.0/16" }
    nat            = "each"
    protected      = true
    databases      = 2
    nodes          = { min = 3, max = 12, desired = 3 }
    replicas       = 3
    domain         = "acme.example"
  }

  credentials "kubernetes" {
    exec = ["aws", "eks", "get-token", "--output", "json", "--region", env.region, "--cluster-name", "acme-${env.name}"]
  }
}

# A cluster that is there already, such as a developer's own: the upper layers alone.
environment "local" {
  lock_file = ".terraform.lock.local.hcl" # `strata init -env local` needs no provider of any cloud

  values = {
    cluster_endpoint = "https://127.0.0.1:6443"
    replicas         = 1
    domain           = "acme.localhost"
  }

  inputs = {
    cluster = { name = "local", endpoint = env.cluster_endpoint }
    images  = { shop = "acme/shop", search = "acme/search" }
    orders  = { endpoint = "orders.shop.svc", port = 5432, name = "orders" }
  }

  credentials "kubernetes" {
    token = secret.local_token
  }
}

secret "local_token" { env = "ACME_LOCAL_TOKEN" }

# 0: bootstrap

stack "bootstrap" {
  layer        = "bootstrap"
  source       = "./stacks/bootstrap"
  environments = ["dev", "prod"]

  inputs = {
    protected = env.protected
    ci        = { issuer = "token.actions.githubusercontent.com", owner_id = 1001, repository_id = 2002 }
  }
}

# 1: identity

stack "identity" {
  layer        = "identity"
  source       = "./stacks/identity"
  environments = ["dev", "prod"]

  inputs = {
    regions      = keys(env.networks)
    boundary_arn = stack.bootstrap.boundary_arn
    ci_role_arns = stack.bootstrap.ci_role_arns
    people       = { for team in ["security", "platform", "databases", "apps"] : team => ["arn:aws:iam::${env.account}:root"] }
  }
}

# 2: managed infrastructure

stack "network" {
  layer        = "infrastructure"
  source       = "./stacks/network"
  environments = ["dev", "prod"]
  for_each     = env.networks

  inputs = {
    region = each.key
    cidr   = each.value
    nat    = env.nat
  }

  provider "aws" {
    region = each.key
  }
}

stack "registry" {
  layer        = "infrastructure"
  source       = "./stacks/registry"
  environments = ["dev", "prod"]

  inputs = {
    images          = ["shop", "search"]
    puller_role_arn = stack.identity.workload_role_arns.workload-nodes
  }
}

stack "database" {
  layer        = "infrastructure"
  source       = "./stacks/database"
  environments = ["dev", "prod"]
  owners       = ["databases"]

  inputs = {
    subnet_ids        = stack.network[env.region].private_subnet_ids
    security_group_id = stack.network[env.region].database_security_group_id
    instances         = env.databases
    protected         = env.protected
  }
}

# 3: cluster

stack "eks" {
  layer        = "cluster"
  source       = "./stacks/eks"
  environments = ["dev", "prod"]

  inputs = {
    control_plane_subnet_ids = stack.network[env.region].control_plane_subnet_ids
    subnet_ids               = stack.network[env.region].private_subnet_ids
    nodes_security_group_id  = stack.network[env.region].nodes_security_group_id
    workload_role_arns       = stack.identity.workload_role_arns
    stack_role_arns          = stack.identity.stack_role_arns
    nodes                    = env.nodes

    access = merge(
      { for pair in setproduct(["logging", "policy", "ingress", "shop", "search"], ["plan", "apply"]) : join("-", pair) => {} },
      { cluster-base-plan = { policy = "AmazonEKSAdminViewPolicy" }, cluster-base-apply = { policy = "AmazonEKSClusterAdminPolicy" } },
    )
  }
}

stack "cluster-base" {
  layer  = "cluster"
  source = "./stacks/cluster-base"

  inputs = {
    namespaces = {
      logging = { stacks = ["logging"], security = "privileged" } # it reads the machines' own logs
      ingress = { stacks = ["ingress"] }
      shop    = { stacks = ["shop"], quota = { pods = 60 } }
      search  = { stacks = ["search"] }
    }

    cluster_wide = {
      policy  = [{ group = "admissionregistration.k8s.io", resources = ["validatingadmissionpolicies", "validatingadmissionpolicybindings"] }]
      ingress = [{ group = "networking.k8s.io", resources = ["ingressclasses"] }]
    }
  }
}

# 4: cluster services

stack "logging" {
  layer  = "cluster-services"
  source = "./stacks/logging"
  inputs = { namespace = stack.cluster-base.namespaces.logging }
}

stack "policy" {
  layer  = "cluster-services"
  source = "./stacks/policy"
  inputs = { namespaces = [stack.cluster-base.namespaces.shop, stack.cluster-base.namespaces.search] }
}

# 5: app services

stack "ingress" {
  layer  = "app-services"
  source = "./stacks/ingress"

  inputs = {
    namespace = stack.cluster-base.namespaces.ingress
    domain    = env.domain
    replicas  = env.replicas
  }
}

# 6: apps

stack "shop" {
  layer  = "apps"
  source = "./stacks/shop"
  owners = ["shop"]

  inputs = {
    namespace = stack.cluster-base.namespaces.shop
    release   = "1.4.0"
    replicas  = env.replicas
  }
}

stack "search" {
  layer  = "apps"
  source = "./stacks/search"
  owners = ["search"]

  inputs = {
    namespace = stack.cluster-base.namespaces.search
    release   = "2.0.3"
    replicas  = env.replicas
  }
}
