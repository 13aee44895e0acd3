include {
  path           = find_in_parent_folders("terragrunt.hcl")
  merge_strategy = "deep"
}

terraform {
  source = "../../_modules/config"
}

dependency "key" {
  config_path = "../key"
}

inputs = {
  public_key = trimspace(dependency.key.outputs.public_key)
  lines      = concat(["# prod"], [for name in ["a", "b"] : "${name}=${dependency.key.outputs.bits}"])
  tags = {
    stage = "prod"
  }
}
