stack "cluster" {
  layer        = "cluster"
  environments = ["dev", "prod"]

  inputs = {
    kubernetes_version       = env.control.version
    auto_mode                = env.control.mode == "auto"
    nodes                    = { type = env.nodes.instance_types[0], min = env.nodes.min, max = env.nodes.max, desired = env.nodes.desired }
    control_plane_subnet_ids = stack.network.control_plane_subnet_ids
    subnet_ids               = stack.network.private_subnet_ids
    security_group_id        = stack.network.security_group_ids["nodes"]
    network_cidr             = stack.network.cidr
    service_role_arns        = stack.automation.service_role_arns
    workload_role_arns       = stack.automation.workload_role_arns
    stack_role_arns          = stack.automation.stack_role_arns
    team_role_arns           = stack.automation.team_role_arns

    # Inside of the cluster a stack that plans reads, Helm's releases among it, which are kept in secrets. Stacks of the platform make
    # definitions and rights, so they administer; an app's stack has its own namespace and what `cluster-base` gives its group beside.
    access = merge(
      { for name in ["cluster-base", "observability", "admission", "secrets", "backup", "mesh", "ingress", "edge", "delivery"] : "${name}-plan" => { policy = "AmazonEKSAdminViewPolicy" } },
      { for name in ["cluster-base", "observability", "admission", "secrets", "backup", "mesh", "ingress", "edge", "delivery"] : "${name}-apply" => { policy = "AmazonEKSClusterAdminPolicy" } },
      { for name, spaces in { orders = ["orders"], search = ["search", "argocd"] } : "${name}-plan" => { policy = "AmazonEKSAdminViewPolicy", namespaces = spaces } },
      { for name, spaces in { orders = ["orders"], search = ["search", "argocd"] } : "${name}-apply" => { policy = "AmazonEKSAdminPolicy", namespaces = spaces } },
    )
  }
}
