# What all units share: who they are, where their state is, which provider.
locals {
  account_vars     = read_terragrunt_config(find_in_parent_folders("account.hcl"))
  region_vars      = read_terragrunt_config(find_in_parent_folders("region.hcl"))
  environment_vars = read_terragrunt_config(find_in_parent_folders("env.hcl"))
  state            = read_terragrunt_config("${get_parent_terragrunt_dir()}/state.hcl").locals

  account_name = local.account_vars.locals.account_name
  aws_region   = local.region_vars.locals.aws_region
}

generate "provider" {
  path      = "provider.tf"
  if_exists = "overwrite_terragrunt"
  contents = templatefile("${get_parent_terragrunt_dir()}/provider.tftpl", {
    region  = local.aws_region
    account = local.account_name
  })
}

remote_state {
  backend = local.state.backend
  config = merge(local.state.config, {
    (local.state.key) = "${local.state.prefix}${local.account_name}-${path_relative_to_include()}/terraform.tfstate"
  })
  generate = {
    path      = "backend.tf"
    if_exists = "overwrite_terragrunt"
  }
}

catalog {
  urls = ["https://example.com/catalog"]
}

inputs = merge(
  local.account_vars.locals,
  local.region_vars.locals,
  local.environment_vars.locals,
)
