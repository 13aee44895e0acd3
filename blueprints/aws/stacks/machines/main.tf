# Managed infrastructure: virtual machines for what does not run in the cluster. Nobody has a key to them: people come through Session Manager, and a
# change makes new machines.

locals {
  name = "${var.org}-${var.env}-machines"

  # Launched by a service, so the estate's own tags do not reach them by themselves.
  tags = { Name = local.name, "strata:estate" = var.org, "strata:environment" = var.env, "strata:stack" = "machines" }
}

resource "aws_kms_key" "disks" {
  description             = "${local.name}: disks"
  enable_key_rotation     = true
  deletion_window_in_days = 30

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Sid = "Account", Effect = "Allow", Principal = { AWS = "arn:aws:iam::${var.account_id}:root" }, Action = "kms:*", Resource = "*" },
      {
        Sid       = "Autoscaling"
        Effect    = "Allow"
        Principal = { AWS = "arn:aws:iam::${var.account_id}:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling" }
        Action    = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey", "kms:CreateGrant"]
        Resource  = "*"
      },
    ]
  })
}

resource "aws_kms_alias" "disks" {
  name          = "alias/${local.name}"
  target_key_id = aws_kms_key.disks.key_id
}

resource "aws_launch_template" "main" {
  name_prefix            = "${local.name}-"
  image_id               = "resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64"
  instance_type          = var.instance_type
  vpc_security_group_ids = [var.security_group_id]
  update_default_version = true

  iam_instance_profile {
    arn = var.instance_profile
  }

  # Version 2 of the metadata service, and one hop: what runs in a container on the machine does not get the machine's credentials.
  metadata_options {
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
    instance_metadata_tags      = "enabled"
  }

  block_device_mappings {
    device_name = "/dev/xvda"

    ebs {
      volume_type           = "gp3"
      volume_size           = 30
      encrypted             = "true"
      kms_key_id            = aws_kms_key.disks.arn
      delete_on_termination = "true"
    }
  }

  monitoring {
    enabled = true
  }

  tag_specifications {
    resource_type = "instance"
    tags          = local.tags
  }

  tag_specifications {
    resource_type = "volume"
    tags          = local.tags
  }
}

resource "aws_autoscaling_group" "main" {
  name                      = local.name
  min_size                  = var.size.min
  max_size                  = var.size.max
  desired_capacity          = var.size.desired
  vpc_zone_identifier       = var.subnet_ids
  health_check_type         = "EC2"
  health_check_grace_period = 120
  max_instance_lifetime     = 1209600 # two weeks: each machine is patched by being replaced
  enabled_metrics           = ["GroupInServiceInstances", "GroupDesiredCapacity"]

  launch_template {
    id      = aws_launch_template.main.id
    version = aws_launch_template.main.latest_version
  }

  instance_refresh {
    strategy = "Rolling"

    preferences {
      min_healthy_percentage = 90
      auto_rollback          = true
    }
  }

  # How many there are just now is scaling's to say.
  lifecycle {
    ignore_changes = [desired_capacity]
  }
}
