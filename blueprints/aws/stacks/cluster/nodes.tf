# Machines, where EKS does not run them itself.

locals {
  node_groups = var.auto_mode ? {} : { main = var.nodes }
}

resource "aws_launch_template" "nodes" {
  for_each = local.node_groups

  name_prefix            = "${local.name}-${each.key}-"
  vpc_security_group_ids = [aws_eks_cluster.main.vpc_config[0].cluster_security_group_id, var.security_group_id]

  # One hop: pods do not get the machine's credentials.
  metadata_options {
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
  }

  block_device_mappings {
    device_name = "/dev/xvda"

    ebs {
      volume_type = "gp3"
      volume_size = 50
      encrypted   = "true"
      kms_key_id  = aws_kms_key.cluster.arn
    }
  }
}

resource "aws_eks_node_group" "main" {
  for_each = local.node_groups

  cluster_name           = aws_eks_cluster.main.name
  node_group_name_prefix = "${local.name}-${each.key}-"
  node_role_arn          = var.service_role_arns.nodes
  subnet_ids             = var.subnet_ids
  ami_type               = "AL2023_ARM_64_STANDARD"
  instance_types         = [each.value.type]

  launch_template {
    id      = aws_launch_template.nodes[each.key].id
    version = aws_launch_template.nodes[each.key].latest_version
  }

  scaling_config {
    min_size     = each.value.min
    max_size     = each.value.max
    desired_size = each.value.desired
  }

  update_config {
    max_unavailable_percentage = 33
  }

  node_repair_config {
    enabled = true
  }

  # A machine is of use once its pods get addresses.
  depends_on = [aws_eks_addon.before]

  # Machines cannot move to other subnets: new ones come first, then the old ones are drained. How many there are just now is
  # the autoscaler's to say.
  lifecycle {
    create_before_destroy = true
    ignore_changes        = [scaling_config[0].desired_size]
  }
}
