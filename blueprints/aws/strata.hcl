# The estate of acme-blueprint on AWS: seven layers of risk, from what everything rests on to what changes daily.
# README.md says what each stack is, who may change it and what a change of it touches.

estate {
  name  = "acme-blueprint"
  store = "sqlite:.strata/estate.db" # until the stack `store` has made the team's: then `strata store copy`

  inputs = {
    org        = estate.name
    env        = env.name
    account_id = env.account_id
    region     = env.region
  }

  # Tags say of each thing which stack made it; a key of another account is stopped before it does anything.
  provider "aws" {
    region              = env.region
    allowed_account_ids = [env.account_id]

    default_tags {
      tags = { "strata:estate" = estate.name, "strata:environment" = env.name, "strata:stack" = self.name }
    }
  }

  # Each stack plans as one role and applies as another: `automation` makes them. What stands below it is applied by people, through
  # a permission set for some hours.
  credentials "aws" {
    plan_role  = env.name == "shared" || self.layer == "identity" || self.layer == "bootstrap" ? null : "arn:aws:iam::${env.account_id}:role/${estate.name}/${env.name}/strata/${estate.name}-${env.name}-${self.name}-plan"
    apply_role = env.name == "shared" || self.layer == "identity" || self.layer == "bootstrap" ? null : "arn:aws:iam::${env.account_id}:role/${estate.name}/${env.name}/strata/${estate.name}-${env.name}-${self.name}-apply"
  }

  credentials "kubernetes" {
    exec = ["aws", "eks", "get-token", "--output", "json", "--region", env.region, "--cluster-name", "${estate.name}-${env.name}"]
  }
}

group "security" { signers = "groups/security.signers" }
group "platform" { signers = "groups/platform.signers" }
group "databases" { signers = "groups/databases.signers" }
group "team-a" { signers = "groups/team-a.signers" }
group "team-b" { signers = "groups/team-b.signers" }

# What plans of pull requests may start; all else is refused until it stands here on the branch that it is merged into. Helm fetches the
# charts that its releases name, from wherever they say.
pull_requests {
  providers = ["hashicorp/aws", "hashicorp/helm", "hashicorp/kubernetes"]
}

# How CI runs dev and prod; people apply shared. `strata ci github` writes the workflow once `download` and `checksum` say here which program
# it is to run, and `strata ci codeowners` who owns which files.
ci {
  environments = ["dev", "prod"]
  drift        = "17 4 * * *"

  owners = {
    security  = "@acme-blueprint/security"
    platform  = "@acme-blueprint/platform"
    databases = "@acme-blueprint/databases"
    team-a    = "@acme-blueprint/team-a"
    team-b    = "@acme-blueprint/team-b"
  }

  trust "aws" {
    plan_role  = "arn:aws:iam::${env.account_id}:role/strata-ci/${estate.name}-${env.name}-ci-plan"
    apply_role = "arn:aws:iam::${env.account_id}:role/strata-ci/${estate.name}-${env.name}-ci-apply"
  }
}

# What no plan may make, whoever approves it; and who makes an administrator is approved by security, too. `strata policy list` tells the rules.
policy "starter" {
  starter = ["public-buckets", "open-security-groups", "unencrypted-stores", "unpinned-images", "pins"]
}

policy "admins" {
  starter  = ["admin-policies"]
  severity = "approve"
  group    = "security"
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

  inputs = {
    cluster_name        = stack.cluster.cluster_name
    endpoint            = stack.cluster.endpoint
    ca_certificate      = stack.cluster.ca_certificate
    auth                = stack.cluster.auth
    workload_identities = stack.cluster.workload_identities
  }
}

layer "cluster-services" {
  owners = ["platform"]

  inputs = {
    cluster_name        = stack.cluster.cluster_name
    endpoint            = stack.cluster.endpoint
    ca_certificate      = stack.cluster.ca_certificate
    auth                = stack.cluster.auth
    workload_identities = stack.cluster.workload_identities
  }
}

layer "app-services" {
  owners = ["platform"]

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

# What there is once: the store, guardrails, people and the parent zone, in the organisation's management account. Nothing else runs there.
environment "shared" {
  protected = true

  values = {
    account_id  = "100000000001"
    region      = "eu-west-1"
    regions     = ["eu-west-1", "us-east-1"] # where anything may be made; us-east-1 is where AWS keeps what is global
    domain      = "acme-blueprint.example"
    repository  = { owner_id = 1001, id = 2002 } # numbers, not names: a name can be taken by another after a rename
    accounts    = { dev = "111111111111", prod = "222222222222", shared = "100000000001" }
    budgets     = { dev = 500, prod = 5000, shared = 200 } # dollars a month
    workload_ou = "ou-acme-workload"                       # the organisational unit of dev and prod
    security    = "security@acme-blueprint.example"
    audit_days  = 400
  }
}

environment "dev" {
  values = {
    account_id     = "111111111111"
    parent_account = "100000000001" # of the parent zone
    region         = "eu-west-1"
    zones          = ["eu-west-1a", "eu-west-1b", "eu-west-1c"]
    repository     = { owner_id = 1001, id = 2002 }
    contact        = "platform@acme-blueprint.example" # whom certificate authorities write to
    domain         = "dev.acme-blueprint.example"
    protected      = false # no deletion protection and no final snapshots: dev comes and goes
    cidr           = "10.16.0.0/16"
    nat            = "one"
    control        = { mode = "managed", version = "1.33" }
    nodes          = { min = 1, max = 3, desired = 1, instance_types = ["m7g.large"] }
    database       = { class = "db.t4g.medium", instances = 1, backups = 7 }
    machines       = { min = 0, max = 2 }
    retention      = { raw_days = 30 }
    replicas       = 1
    mesh           = false
  }
}

environment "prod" {
  protected = true
  after     = ["dev"]

  values = {
    account_id     = "222222222222"
    parent_account = "100000000001" # of the parent zone
    region         = "eu-west-1"
    zones          = ["eu-west-1a", "eu-west-1b", "eu-west-1c"]
    repository     = { owner_id = 1001, id = 2002 }
    contact        = "platform@acme-blueprint.example"
    domain         = "prod.acme-blueprint.example"
    protected      = true
    cidr           = "10.32.0.0/16"
    nat            = "each"
    control        = { mode = "managed", version = "1.33" } # mode = "auto": EKS Auto Mode runs the machines
    nodes          = { min = 3, max = 12, desired = 3, instance_types = ["m7g.xlarge", "m6g.xlarge"] }
    database       = { class = "db.r8g.large", instances = 2, backups = 30 }
    machines       = { min = 2, max = 8 }
    retention      = { raw_days = 365 }
    replicas       = 3
    mesh           = true
  }
}

# 0: bootstrap

stack "store" {
  layer        = "bootstrap"
  source       = "./stacks/store"
  environments = ["shared"]

  inputs = {
    audit_days = env.audit_days
  }
}

# Each account trusts CI by itself, and sets the most that anything made in it can ever do.
stack "ci-trust" {
  layer  = "bootstrap"
  source = "./stacks/ci-trust"

  inputs = {
    repository = env.repository
  }
}

stack "guardrails" {
  layer        = "bootstrap"
  source       = "./stacks/guardrails"
  environments = ["shared"]

  inputs = {
    regions        = env.regions
    workload_ou    = env.workload_ou
    accounts       = env.accounts
    budgets        = env.budgets
    security_email = env.security
    audit_days     = env.audit_days
  }
}

# 1: identity

stack "people" {
  layer        = "identity"
  source       = "./stacks/people"
  environments = ["shared"]

  inputs = {
    accounts = env.accounts
  }
}

stack "automation" {
  layer        = "identity"
  source       = "./stacks/automation"
  environments = ["dev", "prod"]

  inputs = {
    boundary_arn   = stack.ci-trust.boundary_arn
    ci_role_arns   = stack.ci-trust.ci_role_arns
    parent_account = env.parent_account
    teams          = ["security", "platform", "databases", "team-a", "team-b"]
  }
}

# The stacks above stand in `stack.hcl` of their own folders.
