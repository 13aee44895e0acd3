include "root" {
  path = find_in_parent_folders("root.hcl")
}

terraform {
  source = "../../modules/service"
}

dependency "hub" {
  config_path = "${get_terragrunt_dir()}/../../shared/hub"
}

locals {
  replicas = { dev = 1, prod = 3 }
}

inputs = {
  host     = "dev.${dependency.hub.outputs.zone}"
  replicas = local.replicas["dev"]
  note     = null
}
