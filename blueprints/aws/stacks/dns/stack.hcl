stack "dns" {
  layer        = "infrastructure"
  environments = ["dev", "prod"]

  inputs = {
    domain     = env.domain
    network_id = stack.network.network_id

    parent = {
      zone_id  = stack.dns-parent.zone_id
      role_arn = "arn:aws:iam::${env.parent_account}:role/${estate.name}/shared/dns/${estate.name}-shared-dns-${env.name}"
    }
  }
}
