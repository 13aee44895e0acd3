include "root" {
  path = find_in_parent_folders("root.hcl")
}

terraform {
  source = "../../modules/monitor"
}

dependencies {
  paths = ["../service"]
}

inputs = {
  watched = ["service"]
  env     = "prod"
}
