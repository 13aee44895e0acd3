locals {
  environment_vars = read_terragrunt_config(find_in_parent_folders("env.hcl"))
  env              = local.environment_vars.locals.environment
  base_source_url  = "${dirname(find_in_parent_folders("root.hcl"))}/../modules"
}

dependency "mysql" {
  config_path = "../mysql"

  mock_outputs = {
    endpoint   = "mock:3306"
    network_id = "vpc-mock"
    port       = 3306
  }
  mock_outputs_allowed_terraform_commands = ["validate", "plan"]
}

inputs = {
  name          = "webserver-${local.env}"
  instance_type = "t3.micro"
  min_size      = 1
  max_size      = 2
  server_port   = 8080
  network_id    = dependency.mysql.outputs.network_id
  settings = {
    db_url = "mysql://${dependency.mysql.outputs.endpoint}/${local.env}"
    ports  = [for port in [8080, dependency.mysql.outputs.port] : tostring(port)]
  }
}
