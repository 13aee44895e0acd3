# The estate: seven layers of risk on AWS and Kubernetes. `README.md` has the picture and says who may change what.

estate {
  name  = "acme-blueprint"
  store = "sqlite:.strata/estate.db" # until `store` has made the team's: then `strata store copy`

  inputs = {
    org        = estate.name
    env        = env.name
    region     = env.region
    account_id = env.account_id
  }

  provider "aws" {
    region              = env.region
    allowed_account_ids = [env.account_id]

    default_tags {
      tags = { "strata:estate" = estate.name, "strata:environment" = env.name, "strata:layer" = self.layer, "strata:stack" = self.name }
    }
  }

  # Each stack plans as one role and applies as another. What is there once, and bootstrap, is applied by people with what they bring along.
  credentials "aws" {
    plan_role  = self.layer == "bootstrap" || env.name == "shared" ? null : "arn:aws:iam::${env.account_id}:role/${estate.name}/${env.name}/strata/${estate.name}-${env.name}-${self.name}-plan"
    apply_role = self.layer == "bootstrap" || env.name == "shared" ? null : "arn:aws:iam::${env.account_id}:role/${estate.name}/${env.name}/strata/${estate.name}-${env.name}-${self.name}-apply"
  }
}

group "security" { signers = "groups/security.signers" }
group "platform" { signers = "groups/platform.signers" }
group "databases" { signers = "groups/databases.signers" }
group "team-a" { signers = "groups/team-a.signers" }
group "team-b" { signers = "groups/team-b.signers" }

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

  inputs = {
    cluster_name        = stack.cluster.cluster_name
    endpoint            = stack.cluster.endpoint
    ca_certificate      = stack.cluster.ca_certificate
    auth                = stack.cluster.auth
    workload_identities = stack.cluster.workload_identities
  }
}

layer "cluster-services" {
  owners      = ["platform"]
  max_destroy = 12

  inputs = {
    cluster_name        = stack.cluster.cluster_name
    endpoint            = stack.cluster.endpoint
    ca_certificate      = stack.cluster.ca_certificate
    auth                = stack.cluster.auth
    workload_identities = stack.cluster.workload_identities
  }
}

layer "app-services" {
  owners      = ["platform"]
  max_destroy = 12

  inputs = {
    cluster_name        = stack.cluster.cluster_name
    endpoint            = stack.cluster.endpoint
    ca_certificate      = stack.cluster.ca_certificate
    auth                = stack.cluster.auth
    workload_identities = stack.cluster.workload_identities
  }
}

layer "apps" {
  owners = ["platform"]

  inputs = {
    cluster_name        = stack.cluster.cluster_name
    endpoint            = stack.cluster.endpoint
    ca_certificate      = stack.cluster.ca_certificate
    auth                = stack.cluster.auth
    workload_identities = stack.cluster.workload_identities
    gateway             = stack.ingress.gateway
  }
}

# What is there once: the store, the organisation's guardrails, people, the parent DNS zone. It is the organisation's management account.
environment "shared" {
  protected = true

  values = {
    account_id = "000000000001"
    region     = "eu-west-1"
    protected  = true
    domain     = "acme-blueprint.example"
    accounts   = { dev = "111111111111", prod = "222222222222" }
    branch     = "shared"
  }
}

environment "dev" {
  values = {
    account_id     = "111111111111"
    administrators = ["arn:aws:iam::111111111111:role/administrator"]
    parent_account = "000000000001"
    region         = "eu-west-1"
    cidr           = "10.1.0.0/16"
    nat            = "one"
    protected      = false # no deletion protection and no final snapshots: dev comes and goes
    domain         = "dev.acme-blueprint.example"
    databases      = { instances = 1, class = "db.t4g.medium", backup_days = 7 }
    machines       = { min = 0, max = 2, desired = 1 }
    warehouse      = { capacity = 8, hours_a_day = 8 }
    auto_mode      = false # true: EKS Auto Mode runs the machines, and there are no node groups
    nodes          = { min = 1, max = 3, desired = 1 }
    mesh           = false
    replicas       = 1
  }
}

environment "prod" {
  protected = true
  after     = ["dev"]

  values = {
    account_id     = "222222222222"
    administrators = ["arn:aws:iam::222222222222:role/administrator"]
    parent_account = "000000000001"
    region         = "eu-west-1"
    cidr           = "10.0.0.0/16"
    nat            = "each"
    protected      = true
    domain         = "prod.acme-blueprint.example"
    databases      = { instances = 3, class = "db.r7g.large", backup_days = 35 }
    machines       = { min = 3, max = 9, desired = 3 }
    warehouse      = { capacity = 32, hours_a_day = 24 }
    auto_mode      = false
    nodes          = { min = 3, max = 12, desired = 3 }
    mesh           = true
    replicas       = 3
  }
}

# Bootstrap

stack "store" {
  layer        = "bootstrap"
  source       = "./stacks/store"
  environments = ["shared"]
}

# One for each account: a trust and a boundary do not reach further.
stack "ci-trust" {
  layer  = "bootstrap"
  source = "./stacks/ci-trust"

  inputs = {
    administrators = env.name == "shared" ? [] : env.administrators
    ci             = { issuer = "token.actions.githubusercontent.com", repository_id = 2002 }
  }
}

stack "guardrails" {
  layer        = "bootstrap"
  source       = "./stacks/guardrails"
  environments = ["shared"]

  inputs = {
    regions       = [env.region, "us-east-1"] # global services answer in us-east-1
    workload_unit = "ou-exmp-workload"
    budgets       = { for name, id in env.accounts : name => { account_id = id, monthly_usd = name == "prod" ? 20000 : 3000 } }
    contact       = "platform@${env.domain}"
  }
}

# Identity

stack "people" {
  layer        = "identity"
  source       = "./stacks/people"
  environments = ["shared"]

  inputs = {
    accounts = env.accounts
    teams    = ["team-a", "team-b"]
  }
}

stack "automation" {
  layer        = "identity"
  source       = "./stacks/automation"
  environments = ["dev", "prod"]

  inputs = {
    administrators = env.administrators
    boundary_arn   = stack.ci-trust.boundary_arn
    ci_role_arns   = stack.ci-trust.ci_role_arns
    parent_account = env.parent_account
    teams          = ["security", "platform", "databases", "team-a", "team-b"]
  }
}

# Managed infrastructure

stack "network" {
  layer        = "infrastructure"
  source       = "./stacks/network"
  environments = ["dev", "prod"]

  inputs = {
    cidr               = env.cidr
    nat                = env.nat
    flow_logs_role_arn = stack.automation.service_role_arns.flow-logs
  }
}

stack "dns-parent" {
  layer        = "infrastructure"
  source       = "./stacks/dns-parent"
  environments = ["shared"]

  inputs = {
    domain       = env.domain
    accounts     = env.accounts
    boundary_arn = stack.ci-trust.boundary_arn
  }
}

stack "dns" {
  layer        = "infrastructure"
  source       = "./stacks/dns"
  environments = ["dev", "prod"]

  inputs = {
    domain     = env.domain
    network_id = stack.network.network_id
    parent = {
      zone_id  = stack.dns-parent.zone_id
      role_arn = "arn:aws:iam::${env.parent_account}:role/${estate.name}/shared/dns/${estate.name}-shared-dns-${env.name}"
    }
  }
}

stack "database" {
  layer        = "infrastructure"
  source       = "./stacks/database"
  environments = ["dev", "prod"]
  owners       = ["databases"]

  inputs = {
    subnet_ids          = stack.network.database_subnet_ids
    security_group_id   = stack.network.security_group_ids.database
    instances           = env.databases.instances
    instance_class      = env.databases.class
    backup_days         = env.databases.backup_days
    protected           = env.protected
    monitoring_role_arn = stack.automation.service_role_arns.rds-monitoring
    backup_role_arn     = stack.automation.service_role_arns.backup
  }
}

stack "machines" {
  layer        = "infrastructure"
  source       = "./stacks/machines"
  environments = ["dev", "prod"]

  inputs = {
    subnet_ids        = stack.network.private_subnet_ids
    security_group_id = stack.network.security_group_ids.machines
    instance_profile  = stack.automation.machines_profile
    size              = env.machines
  }
}

stack "registry" {
  layer        = "infrastructure"
  source       = "./stacks/registry"
  environments = ["dev", "prod"]

  inputs = {
    images          = ["orders", "search"]
    puller_role_arn = stack.automation.service_role_arns.nodes
    protected       = env.protected
  }
}

stack "pipeline" {
  layer        = "infrastructure"
  source       = "./stacks/pipeline"
  environments = ["dev", "prod"]

  inputs = {
    delivery_role_arn = stack.automation.service_role_arns.firehose
    protected         = env.protected
  }
}

stack "warehouse" {
  layer        = "infrastructure"
  source       = "./stacks/warehouse"
  environments = ["dev", "prod"]
  owners       = ["databases"]

  inputs = {
    subnet_ids        = stack.network.database_subnet_ids
    security_group_id = stack.network.security_group_ids.warehouse
    role_arn          = stack.automation.service_role_arns.redshift
    capacity          = env.warehouse.capacity
    hours_a_day       = env.warehouse.hours_a_day
  }
}

# Cluster

stack "cluster" {
  layer        = "cluster"
  source       = "./stacks/cluster"
  environments = ["dev", "prod"]

  inputs = {
    control_plane_subnet_ids = stack.network.control_plane_subnet_ids
    subnet_ids               = stack.network.private_subnet_ids
    security_group_id        = stack.network.security_group_ids.nodes
    service_role_arns        = stack.automation.service_role_arns
    workload_role_arns       = stack.automation.workload_role_arns
    stack_role_arns          = stack.automation.stack_role_arns
    team_role_arns           = stack.automation.team_role_arns
    auto_mode                = env.auto_mode
    nodes                    = env.nodes
  }
}

# in-cluster
# The stacks that stand in the cluster have their blocks in `stacks/STACK/stack.hcl`.
