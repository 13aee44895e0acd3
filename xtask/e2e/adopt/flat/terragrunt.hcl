locals {
  team = yamldecode(file("${get_parent_terragrunt_dir()}/team.yaml"))
  env  = split("/", path_relative_to_include())[0]
}

remote_state {
  backend = "local"
  config = {
    path = "${get_parent_terragrunt_dir()}/.states/${path_relative_to_include()}.tfstate"
  }
}

terraform {
  extra_arguments "sizes" {
    commands           = get_terraform_commands_that_need_vars()
    required_var_files = ["${get_parent_terragrunt_dir()}/sizes-${local.env}.tfvars"]
    optional_var_files = ["${get_terragrunt_dir()}/own.tfvars"]
  }
}

inputs = {
  env   = local.env
  owner = local.team.owner
  tags = {
    owner = local.team.owner
    paths = path_relative_to_include()
  }
}
