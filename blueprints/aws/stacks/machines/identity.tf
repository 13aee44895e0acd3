# What the machines are and whose key their disks are under.

resource "aws_iam_role" "machines" {
  name                 = local.name
  path                 = "/${var.org}/${var.env}/workload/"
  description          = "Machines: sessions by Systems Manager and nothing else"
  permissions_boundary = var.boundary_arn

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "ec2.amazonaws.com" }
    }]
  })
}

resource "aws_iam_role_policy_attachment" "sessions" {
  role       = aws_iam_role.machines.name
  policy_arn = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"
}

resource "aws_iam_instance_profile" "machines" {
  name = local.name
  path = "/${var.org}/${var.env}/workload/"
  role = aws_iam_role.machines.name
}

# The autoscaling service makes disks under the key and may lend it to machines for that.
resource "aws_kms_key" "machines" {
  description             = "${local.name}: disks"
  enable_key_rotation     = true
  deletion_window_in_days = 30

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "Account"
        Effect    = "Allow"
        Principal = { AWS = "arn:aws:iam::${var.account_id}:root" }
        Action    = "kms:*"
        Resource  = "*"
      },
      {
        Sid       = "Autoscaling"
        Effect    = "Allow"
        Principal = { AWS = "arn:aws:iam::${var.account_id}:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling" }
        Action    = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"]
        Resource  = "*"
      },
      {
        Sid       = "AutoscalingLends"
        Effect    = "Allow"
        Principal = { AWS = "arn:aws:iam::${var.account_id}:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling" }
        Action    = "kms:CreateGrant"
        Resource  = "*"
        Condition = { Bool = { "kms:GrantIsForAWSResource" = "true" } }
      },
    ]
  })
}
