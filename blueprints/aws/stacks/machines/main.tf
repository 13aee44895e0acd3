# Layer 2: machines for what is no container yet. They come from a template, are replaced and never mended, answer their metadata to
# sessions alone, and people come to them by their own name through Systems Manager: no SSH, no keys, no addresses.

locals {
  name = "${var.org}-${var.env}-machines"
}

resource "aws_launch_template" "this" {
  name                    = local.name
  image_id                = "resolve:ssm:${var.image}"
  instance_type           = var.instance_type
  ebs_optimized           = true
  update_default_version  = true
  vpc_security_group_ids  = [aws_security_group.machines.id]
  disable_api_termination = false # the group replaces them

  iam_instance_profile {
    arn = aws_iam_instance_profile.machines.arn
  }

  metadata_options {
    http_endpoint               = "enabled"
    http_tokens                 = "required" # IMDSv2
    http_put_response_hop_limit = 1          # no container on it gets the machine's identity
    instance_metadata_tags      = "disabled"
  }

  block_device_mappings {
    device_name = "/dev/xvda"

    ebs {
      volume_type           = "gp3"
      volume_size           = 30
      encrypted             = "true"
      kms_key_id            = aws_kms_key.machines.arn
      delete_on_termination = "true"
    }
  }

  monitoring {
    enabled = true
  }

  dynamic "tag_specifications" {
    for_each = toset(["instance", "volume"])

    content {
      resource_type = tag_specifications.value
      tags          = { Name = local.name }
    }
  }
}

resource "aws_autoscaling_group" "this" {
  name                      = local.name
  min_size                  = var.size.min
  max_size                  = var.size.max
  vpc_zone_identifier       = var.network.subnet_ids
  health_check_type         = "EC2"
  health_check_grace_period = 120
  max_instance_lifetime     = 14 * 24 * 3600 # seconds: nothing is older than two weeks, and so nothing is older than its patches

  launch_template {
    id      = aws_launch_template.this.id
    version = aws_launch_template.this.latest_version
  }

  # A new template goes through the group by itself, and back again where its machines do not come up.
  instance_refresh {
    strategy = "Rolling"

    preferences {
      min_healthy_percentage = 90
      auto_rollback          = true
    }
  }

  tag {
    key                 = "Name"
    value               = local.name
    propagate_at_launch = true
  }

  lifecycle {
    ignore_changes = [desired_capacity] # scaling's business
  }
}

# Out to Systems Manager and package mirrors; in from nowhere.
resource "aws_security_group" "machines" {
  name        = local.name
  description = "Machines: out by TLS, in from nowhere"
  vpc_id      = var.network.id
}

resource "aws_vpc_security_group_egress_rule" "tls" {
  security_group_id = aws_security_group.machines.id
  description       = "APIs and package mirrors"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}
