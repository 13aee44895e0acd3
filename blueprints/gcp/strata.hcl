# The estate of acme-blueprint on Google Cloud: seven layers of risk, from what everything rests on to what changes daily.
# README.md says what each stack is, who may change it and what a change of it touches.

estate {
  name  = "acme-blueprint"
  store = "sqlite:.strata/estate.db" # until the stack `store` has made the team's: then `strata store copy`

  inputs = {
    org     = estate.name
    env     = env.name
    project = env.project
    region  = env.region
  }

  # Labels say of each thing which stack made it; Google takes no colons in them.
  provider "google" {
    project               = env.project
    region                = env.region
    billing_project       = env.project # calls are paid for, and counted, where the thing is, not where the caller lives
    user_project_override = true

    add_terraform_attribution_label = false

    default_labels = { strata_estate = estate.name, strata_environment = env.name, strata_stack = self.name }
  }

  # Each stack plans as one service account and applies as another: `automation` makes them. What stands below it is applied by people,
  # under an entitlement that another of them granted for some hours.
  credentials "google" {
    plan_service_account  = contains(["bootstrap", "identity"], self.layer) ? null : "${self.name}-plan@${env.project}.iam.gserviceaccount.com"
    apply_service_account = contains(["bootstrap", "identity"], self.layer) ? null : "${self.name}-apply@${env.project}.iam.gserviceaccount.com"
  }

  # The plugin asks gcloud, which becomes the stack's account; a kubeconfig of its own keeps its cached token apart from others'.
  credentials "kubernetes" {
    plan_exec = [
      "env",
      "CLOUDSDK_AUTH_IMPERSONATE_SERVICE_ACCOUNT=${self.name}-plan@${env.project}.iam.gserviceaccount.com",
      "KUBECONFIG=.strata/gke/${env.name}-${self.name}-plan/config",
      "gke-gcloud-auth-plugin",
    ]
    apply_exec = [
      "env",
      "CLOUDSDK_AUTH_IMPERSONATE_SERVICE_ACCOUNT=${self.name}-apply@${env.project}.iam.gserviceaccount.com",
      "KUBECONFIG=.strata/gke/${env.name}-${self.name}-apply/config",
      "gke-gcloud-auth-plugin",
    ]
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
  providers = ["hashicorp/google", "hashicorp/helm", "hashicorp/kubernetes"]
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

  # trust "google" { provider = "projects/NUMBER/..." }: what `strata output -env shared ci-trust` says once it is applied.
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

# What there is once: the store, trust, guardrails, people and the parent zone. Its project is nobody's place to run anything else.
environment "shared" {
  protected = true

  values = {
    project          = "acme-blueprint-shared"
    region           = "europe-west1"
    locations        = ["in:eu-locations"]
    organization_id  = "100000000001"
    customer_id      = "C00000001" # Cloud Identity's number of the organisation, for groups and for who may be named in a policy
    billing_account  = "000000-000000-000001"
    domain           = "acme-blueprint.example"
    administrators   = "gcp-organization-admins@acme-blueprint.example" # these two groups are there before all else: Google's setup makes them
    security         = "gcp-security-admins@acme-blueprint.example"
    repository       = { owner_id = "1001", id = "2002" }             # numbers, not names: a name can be taken by another after a rename
    app_repositories = { orders = "100000001", search = "100000002" } # of the same owner; `delivery` says what each may push
    projects         = { dev = "acme-blueprint-dev", prod = "acme-blueprint-prod", shared = "acme-blueprint-shared" }
    budgets          = { dev = 500, prod = 5000, shared = 200 } # a month, in the account's currency
    audit_days       = 400
  }
}

environment "dev" {
  values = {
    project     = "acme-blueprint-dev"
    region      = "europe-west1"
    contact     = "platform@acme-blueprint.example" # whom certificate authorities write to
    domain      = "dev.acme-blueprint.example"
    parent_zone = { project = "acme-blueprint-shared", name = "acme-blueprint-example" }
    protected   = false # no deletion protection and no final backups: dev comes and goes
    network     = { nodes = "10.16.0.0/20", pods = "10.20.0.0/14", services = "10.24.0.0/20", proxies = "10.16.16.0/23", services_range = "10.28.0.0/20" }
    nat         = { addresses = 1 }
    control     = { mode = "autopilot", channel = "REGULAR", master_cidr = "172.16.0.0/28" }
    nodes       = { machine_type = "e2-standard-4", min = 1, max = 3 }
    database    = { tier = "db-custom-1-3840", available = "ZONAL", backups = 7 }
    machines    = { min = 0, max = 2 }
    retention   = { raw_days = 30 }
    replicas    = 1
    mesh        = false
  }
}

environment "prod" {
  protected = true
  after     = ["dev"]

  values = {
    project     = "acme-blueprint-prod"
    region      = "europe-west1"
    contact     = "platform@acme-blueprint.example"
    domain      = "prod.acme-blueprint.example"
    parent_zone = { project = "acme-blueprint-shared", name = "acme-blueprint-example" }
    protected   = true
    network     = { nodes = "10.32.0.0/20", pods = "10.36.0.0/14", services = "10.40.0.0/20", proxies = "10.32.16.0/23", services_range = "10.44.0.0/20" }
    nat         = { addresses = 2 }
    control     = { mode = "autopilot", channel = "STABLE", master_cidr = "172.16.0.16/28" } # mode = "standard": a node pool of our own
    nodes       = { machine_type = "n2-standard-4", min = 3, max = 12 }
    database    = { tier = "db-custom-4-15360", available = "REGIONAL", backups = 30 }
    machines    = { min = 2, max = 8 }
    retention   = { raw_days = 365 }
    replicas    = 3
    mesh        = true
  }
}

# 0: bootstrap

stack "store" {
  layer        = "bootstrap"
  source       = "./stacks/store"
  environments = ["shared"]

  inputs = {
    consumer_projects  = values(env.projects)
    automation_account = stack.ci-trust.store_account
    operators_group    = env.administrators
    audit_days         = env.audit_days
  }
}

stack "ci-trust" {
  layer        = "bootstrap"
  source       = "./stacks/ci-trust"
  environments = ["shared"]

  inputs = {
    repository         = env.repository
    app_repository_ids = env.app_repositories
    environments       = keys(env.projects)
  }
}

stack "guardrails" {
  layer        = "bootstrap"
  source       = "./stacks/guardrails"
  environments = ["shared"]

  inputs = {
    organization_id = env.organization_id
    customer_id     = env.customer_id
    billing_account = env.billing_account
    locations       = env.locations
    projects        = env.projects
    budgets         = env.budgets
    audit_days      = env.audit_days
    security_email  = env.security
  }
}

# 1: identity

stack "people" {
  layer        = "identity"
  source       = "./stacks/people"
  environments = ["shared"]

  inputs = {
    organization_id = env.organization_id
    customer_id     = env.customer_id
    domain          = env.domain
    projects        = env.projects
  }
}

stack "automation" {
  layer  = "identity"
  source = "./stacks/automation"

  inputs = {
    principals  = stack.ci-trust.principals[env.name]
    stacks      = env.name == "shared" ? ["dns-parent"] : null # null: all that the module has grants for
    parent_zone = env.name == "shared" ? null : env.parent_zone
  }
}

# 2: managed infrastructure

stack "network" {
  layer        = "infrastructure"
  source       = "./stacks/network"
  environments = ["dev", "prod"]

  inputs = {
    ranges        = env.network
    nat_addresses = env.nat.addresses
  }
}

stack "dns-parent" {
  layer        = "infrastructure"
  source       = "./stacks/dns-parent"
  environments = ["shared"]

  inputs = {
    domain = env.domain
  }
}

stack "dns" {
  layer        = "infrastructure"
  source       = "./stacks/dns"
  environments = ["dev", "prod"]

  inputs = {
    domain     = env.domain
    parent     = stack.dns-parent.zone
    network_id = stack.network.network_id
    protected  = env.protected
  }
}

stack "database" {
  layer        = "infrastructure"
  source       = "./stacks/database"
  environments = ["dev", "prod"]
  owners       = ["databases"]

  inputs = {
    network_id        = stack.network.network_id
    peering_range     = stack.network.services_range_name
    tier              = env.database.tier
    availability      = env.database.available
    retained_backups  = env.database.backups
    protected         = env.protected
    workload_accounts = stack.automation.workload_accounts
    operators_group   = stack.people.group_emails.databases
  }
}

stack "machines" {
  layer        = "infrastructure"
  source       = "./stacks/machines"
  environments = ["dev", "prod"]

  inputs = {
    subnet_id       = stack.network.subnet_id
    size            = env.machines
    operators_group = stack.people.group_emails.platform
  }
}

stack "registry" {
  layer        = "infrastructure"
  source       = "./stacks/registry"
  environments = ["dev", "prod"]

  inputs = {
    repositories  = { orders = "team-a", search = "team-b" }
    nodes_account = stack.automation.nodes_account
  }
}

stack "pipeline" {
  layer        = "infrastructure"
  source       = "./stacks/pipeline"
  environments = ["dev", "prod"]
  owners       = ["databases"]

  inputs = {
    raw_days           = env.retention.raw_days
    protected          = env.protected
    publisher_accounts = { orders = stack.automation.workload_accounts.orders }
  }
}

stack "warehouse" {
  layer        = "infrastructure"
  source       = "./stacks/warehouse"
  environments = ["dev", "prod"]
  owners       = ["databases"]

  inputs = {
    raw       = stack.pipeline.dataset
    protected = env.protected
    readers   = { orders = stack.people.group_emails.team-a, search = stack.people.group_emails.team-b }
  }
}

# 3: cluster

stack "cluster" {
  layer        = "cluster"
  source       = "./stacks/cluster"
  environments = ["dev", "prod"]

  inputs = {
    network_id        = stack.network.network_id
    subnet_id         = stack.network.subnet_id
    range_names       = stack.network.range_names
    admin_cidrs       = { nodes = env.network.nodes }
    mode              = env.control.mode
    channel           = env.control.channel
    master_cidr       = env.control.master_cidr
    nodes             = env.nodes
    nodes_account     = stack.automation.nodes_account
    workload_roles    = stack.automation.workload_roles
    workload_accounts = stack.automation.workload_accounts
    security_group    = stack.people.cluster_security_group
    team_groups       = stack.people.group_emails
    dns_zone_id       = stack.dns.zone_id
    protected         = env.protected
  }
}

# in-cluster
