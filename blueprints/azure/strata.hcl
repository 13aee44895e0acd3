# The estate of acme-blueprint on Azure: seven layers of risk, from what everything rests on to what changes daily.
# README.md says what each stack is, who may change it and what a change of it touches.

estate {
  name  = "acme-blueprint"
  store = "sqlite:.strata/estate.db" # until the stack `store` has made the team's: then `strata store copy`

  inputs = {
    org             = estate.name
    env             = env.name
    location        = env.location
    subscription_id = env.subscription_id
    tenant_id       = env.tenant_id

    # Azure's provider has no default tags: each stack hands these on.
    tags = { strata_estate = estate.name, strata_environment = env.name, strata_stack = self.name }
  }

  provider "azurerm" {
    subscription_id                 = env.subscription_id
    tenant_id                       = env.tenant_id
    storage_use_azuread             = true   # no account here has shared keys
    resource_provider_registrations = "none" # `guardrails` and `automation` register what is used; no stack's identity may

    features {
      key_vault {
        purge_soft_delete_on_destroy    = false # what was deleted can be had back for 90 days
        recover_soft_deleted_key_vaults = true
      }

      resource_group {
        prevent_deletion_if_contains_resources = true
      }
    }
  }

  provider "azuread" {
    tenant_id = env.tenant_id
  }

  # Each stack plans as one managed identity and applies as another: `automation` makes them and puts out their client ids, which are
  # written into `clients` once. Where none is written, the stack runs as whoever runs it: so people apply bootstrap and identity.
  credentials "azure" {
    tenant_id       = can(env.clients[self.name]) ? env.tenant_id : null
    subscription_id = can(env.clients[self.name]) ? env.subscription_id : null
    oidc_token_file = can(env.clients[self.name]) ? "/run/strata/oidc-token" : null
    plan_client_id  = try(env.clients[self.name].plan, null)
    apply_client_id = try(env.clients[self.name].apply, null)
  }

  # The plugin says who the stack is: the same identity that Azure knows it by.
  credentials "kubernetes" {
    exec = [
      "kubelogin", "get-token", "--login", "workloadidentity", "--use-azurerm-env-vars", "--federated-token-file", "/run/strata/oidc-token",
      "--server-id", "6dae42f8-4368-4678-94ff-3960e28e3630", # AKS itself, in every tenant
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
  providers = ["hashicorp/azuread", "hashicorp/azurerm", "hashicorp/helm", "hashicorp/kubernetes"]
  functions = ["nonsensitive"] # the certificate of a cluster, which is public
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

  # trust "azure" { tenant_id, plan_client_id, apply_client_id }: what `strata output -env shared ci-trust` says once it is applied.
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

# What there is once: the store, trust, guardrails, people and the parent zone. Its subscription is nobody's place to run anything else.
environment "shared" {
  protected = true

  values = {
    tenant_id            = "00000000-0000-0000-0000-0000000000aa"
    subscription_id      = "00000000-0000-0000-0000-000000000001"
    location             = "westeurope"
    locations            = ["westeurope", "northeurope", "global"]
    clients              = {} # STACK = { plan = "...", apply = "..." }: `strata output -env shared automation`
    domain               = "acme-blueprint.example"
    administrators       = { object_id = "00000000-0000-0000-0000-0000000000ad", name = "azure-administrators" } # a group that is there before all else
    network              = "10.0.0.0/24"
    operator_ranges      = []              # addresses that reach vault and audit account from outside: of those who apply bootstrap the first time, then none
    repository           = { id = "2002" } # a number, not a name: a name can be taken by another after a rename
    subscriptions        = { dev = "00000000-0000-0000-0000-000000000002", prod = "00000000-0000-0000-0000-000000000003", shared = "00000000-0000-0000-0000-000000000001" }
    budgets              = { dev = 500, prod = 5000, shared = 200 } # a month, in the billing currency
    security_contact     = "security@acme-blueprint.example"
    audit_retention_days = 400
  }
}

environment "dev" {
  values = {
    tenant_id       = "00000000-0000-0000-0000-0000000000aa"
    subscription_id = "00000000-0000-0000-0000-000000000002"
    location        = "westeurope"
    clients         = {}
    domain          = "dev.acme-blueprint.example"
    parent          = { subscription_id = "00000000-0000-0000-0000-000000000001", zone = "acme-blueprint.example" }
    protected       = false # no locks: dev comes and goes
    network = {
      space     = "10.16.0.0/16"
      nodes     = "10.16.0.0/20"
      control   = "10.16.16.0/28"
      machines  = "10.16.17.0/24"
      endpoints = "10.16.18.0/24"
    }
    control   = { tier = "Standard", version = "1.34", service_cidr = "172.20.0.0/16", pod_cidr = "10.244.0.0/16" }
    nodes     = { size = "Standard_D4ds_v5", min = 1, max = 3 }
    database  = { throughput = 1000, replica = null, tier = "Continuous7Days" }
    machines  = { size = "Standard_D2s_v5", min = 0, max = 2 }
    pipeline  = { units = 1, raw_days = 30 }
    warehouse = "F2"
    replicas  = 1
    mesh      = false
    admin_key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIH7OCOtcjCa7m7JjJO8XigYG+Cz0AZyKhSGf9/IcZDqL" # of nobody: people come by Entra
  }
}

environment "prod" {
  protected = true
  after     = ["dev"]

  values = {
    tenant_id       = "00000000-0000-0000-0000-0000000000aa"
    subscription_id = "00000000-0000-0000-0000-000000000003"
    location        = "westeurope"
    clients         = {}
    domain          = "prod.acme-blueprint.example"
    parent          = { subscription_id = "00000000-0000-0000-0000-000000000001", zone = "acme-blueprint.example" }
    protected       = true
    network = {
      space     = "10.32.0.0/16"
      nodes     = "10.32.0.0/20"
      control   = "10.32.16.0/28"
      machines  = "10.32.17.0/24"
      endpoints = "10.32.18.0/24"
    }
    control   = { tier = "Premium", version = "1.34", service_cidr = "172.20.0.0/16", pod_cidr = "10.244.0.0/16" }
    nodes     = { size = "Standard_D8ds_v5", min = 3, max = 12 }
    database  = { throughput = 10000, replica = "northeurope", tier = "Continuous30Days" }
    machines  = { size = "Standard_D4s_v5", min = 3, max = 9 }
    pipeline  = { units = 2, raw_days = 365 }
    warehouse = "F64"
    replicas  = 3
    mesh      = true
    admin_key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIH7OCOtcjCa7m7JjJO8XigYG+Cz0AZyKhSGf9/IcZDqL"
  }
}

# 0: bootstrap

stack "store" {
  layer        = "bootstrap"
  source       = "./stacks/store"
  environments = ["shared"]

  inputs = {
    address_space   = env.network
    administrators  = env.administrators
    operator_ranges = env.operator_ranges
    retention_days  = env.audit_retention_days
    runners         = stack.ci-trust.runners
  }
}

stack "ci-trust" {
  layer        = "bootstrap"
  source       = "./stacks/ci-trust"
  environments = ["shared"]

  inputs = {
    repository_id = env.repository.id
    environments  = keys(env.subscriptions)
  }
}

stack "guardrails" {
  layer        = "bootstrap"
  source       = "./stacks/guardrails"
  environments = ["shared"]

  inputs = {
    locations        = env.locations
    subscriptions    = env.subscriptions
    budgets          = env.budgets
    security_contact = env.security_contact
    archive_id       = stack.store.audit_account_id
  }
}

# 1: identity

stack "people" {
  layer        = "identity"
  source       = "./stacks/people"
  environments = ["shared"]

  inputs = {
    management_group_id = stack.guardrails.management_group_id
    subscriptions       = env.subscriptions
    approver_id         = env.administrators.object_id
  }
}

stack "automation" {
  layer  = "identity"
  source = "./stacks/automation"

  inputs = {
    issuer          = stack.ci-trust.issuer
    subjects        = stack.ci-trust.subjects[env.name]
    stacks          = env.name == "shared" ? ["dns-parent"] : null # null: all that the module has grants for
    workloads       = env.name == "shared" ? [] : null
    parent_group_id = env.name == "shared" ? null : "/subscriptions/${env.parent.subscription_id}/resourceGroups/${estate.name}-shared-dns-parent"
  }
}

# 2: managed infrastructure

stack "network" {
  layer        = "infrastructure"
  source       = "./stacks/network"
  environments = ["dev", "prod"]

  inputs = {
    resource_group_name = stack.automation.resource_groups["network"]
    ranges              = env.network
    protected           = env.protected
  }
}

stack "dns-parent" {
  layer        = "infrastructure"
  source       = "./stacks/dns-parent"
  environments = ["shared"]

  inputs = {
    resource_group_name = stack.automation.resource_groups["dns-parent"]
    domain              = env.domain
  }
}

stack "dns" {
  layer        = "infrastructure"
  source       = "./stacks/dns"
  environments = ["dev", "prod"]

  inputs = {
    resource_group_name = stack.automation.resource_groups["dns"]
    domain              = env.domain
    parent              = stack.dns-parent.zone
    network_id          = stack.network.network_id
    protected           = env.protected
  }
}

stack "database" {
  layer        = "infrastructure"
  source       = "./stacks/database"
  environments = ["dev", "prod"]
  owners       = ["databases"]

  inputs = {
    resource_group_name = stack.automation.resource_groups["database"]
    endpoint_subnet_id  = stack.network.endpoint_subnet_id
    private_zone_ids    = stack.network.private_zone_ids
    throughput          = env.database.throughput
    replica_location    = env.database.replica
    backup_tier         = env.database.tier
    protected           = env.protected
    principal_ids       = stack.automation.workload_principal_ids
    operators_id        = stack.people.group_ids["databases"]
  }
}

stack "machines" {
  layer        = "infrastructure"
  source       = "./stacks/machines"
  environments = ["dev", "prod"]

  inputs = {
    resource_group_name = stack.automation.resource_groups["machines"]
    subnet_id           = stack.network.machine_subnet_id
    endpoint_subnet_id  = stack.network.endpoint_subnet_id
    private_zone_ids    = stack.network.private_zone_ids
    machines            = env.machines
    admin_key           = env.admin_key
    operators_id        = stack.people.group_ids["platform"]
  }
}

stack "registry" {
  layer        = "infrastructure"
  source       = "./stacks/registry"
  environments = ["dev", "prod"]

  inputs = {
    resource_group_name = stack.automation.resource_groups["registry"]
    endpoint_subnet_id  = stack.network.endpoint_subnet_id
    private_zone_ids    = stack.network.private_zone_ids
    repositories        = ["orders", "search"]
    puller_id           = stack.automation.cluster_identities["kubelet"].principal_id
    protected           = env.protected
  }
}

stack "pipeline" {
  layer        = "infrastructure"
  source       = "./stacks/pipeline"
  environments = ["dev", "prod"]
  owners       = ["databases"]

  inputs = {
    resource_group_name = stack.automation.resource_groups["pipeline"]
    endpoint_subnet_id  = stack.network.endpoint_subnet_id
    private_zone_ids    = stack.network.private_zone_ids
    units               = env.pipeline.units
    raw_days            = env.pipeline.raw_days
    protected           = env.protected
    sender_ids          = { orders = stack.automation.workload_principal_ids["orders"] }
    reader_ids          = { team-a = stack.people.group_ids["team-a"], team-b = stack.people.group_ids["team-b"] }
  }
}

stack "warehouse" {
  layer        = "infrastructure"
  source       = "./stacks/warehouse"
  environments = ["dev", "prod"]
  owners       = ["databases"]

  inputs = {
    resource_group_name = stack.automation.resource_groups["warehouse"]
    capacity            = env.warehouse
    administrator_ids   = [stack.people.group_ids["databases"]]
    protected           = env.protected
  }
}

# 3: cluster

stack "cluster" {
  layer        = "cluster"
  source       = "./stacks/cluster"
  environments = ["dev", "prod"]

  inputs = {
    resource_group_name = stack.automation.resource_groups["cluster"]
    node_subnet_id      = stack.network.node_subnet_id
    control_subnet_id   = stack.network.control_subnet_id
    endpoint_subnet_id  = stack.network.endpoint_subnet_id
    private_zone_ids    = stack.network.private_zone_ids
    logs_id             = stack.network.logs_id
    control             = env.control
    nodes               = env.nodes
    identities          = stack.automation.cluster_identities
    workloads           = stack.automation.workloads
    stack_principals    = stack.automation.stack_principal_ids
    teams               = stack.people.group_ids
    protected           = env.protected
  }
}

# in-cluster
