stack "database" {
  layer        = "infrastructure"
  environments = ["dev", "prod"]
  owners       = ["databases"]

  inputs = {
    subnet_ids          = stack.network.database_subnet_ids
    security_group_id   = stack.network.security_group_ids["database"]
    instances           = env.database.instances
    instance_class      = env.database.class
    backup_days         = env.database.backups
    protected           = env.protected
    monitoring_role_arn = stack.automation.service_role_arns["rds-monitoring"]
    backup_role_arn     = stack.automation.service_role_arns["backup"]
  }
}
