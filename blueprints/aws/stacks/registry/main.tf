# Managed infrastructure: where images lie. Tags are immutable: what was approved is what runs. Who pushes is said in `delivery`, repository by repository.

locals {
  name = "${var.org}-${var.env}"
}

resource "aws_kms_key" "images" {
  description             = "${local.name}: images"
  enable_key_rotation     = true
  deletion_window_in_days = 30
}

resource "aws_kms_alias" "images" {
  name          = "alias/${local.name}-images"
  target_key_id = aws_kms_key.images.key_id
}

resource "aws_ecr_repository" "image" {
  for_each = var.images

  name                 = "${local.name}/${each.key}"
  image_tag_mutability = "IMMUTABLE"
  force_delete         = !var.protected

  encryption_configuration {
    encryption_type = "KMS"
    kms_key         = aws_kms_key.images.arn
  }

  image_scanning_configuration {
    scan_on_push = true
  }
}

# Scanned again whenever a new weakness is known, not only when pushed.
resource "aws_ecr_registry_scanning_configuration" "main" {
  scan_type = "ENHANCED"

  rule {
    scan_frequency = "CONTINUOUS_SCAN"

    repository_filter {
      filter      = "${local.name}/*"
      filter_type = "WILDCARD"
    }
  }
}

resource "aws_ecr_lifecycle_policy" "image" {
  for_each = var.images

  repository = aws_ecr_repository.image[each.key].name

  policy = jsonencode({
    rules = [{
      rulePriority = 1
      description  = "The last ${var.images_kept} images"
      selection    = { tagStatus = "any", countType = "imageCountMoreThan", countNumber = var.images_kept }
      action       = { type = "expire" }
    }]
  })
}

resource "aws_ecr_repository_policy" "image" {
  for_each = var.images

  repository = aws_ecr_repository.image[each.key].name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "MachinesPull"
      Effect    = "Allow"
      Principal = { AWS = var.puller_role_arn }
      Action    = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
    }]
  })
}
