include "root" {
  path = find_in_parent_folders("root.hcl")
}

include "envcommon" {
  path   = "${dirname(find_in_parent_folders("root.hcl"))}/_envcommon/webserver-cluster.hcl"
  expose = true
}

terraform {
  source = "${include.envcommon.locals.base_source_url}//webserver-cluster"
}

inputs = {
  instance_type = "m5.large"
  min_size      = include.envcommon.inputs.min_size + 2
  max_size      = 10
}
