# Layer 2: where images and build results lie. Tags of images are immutable: what was approved is what runs.

locals {
  name = "${var.org}-${var.env}"
}

resource "aws_ecr_repository" "image" {
  for_each = var.images

  name                 = "${local.name}/${each.value}"
  image_tag_mutability = "IMMUTABLE"

  image_scanning_configuration {
    scan_on_push = true
  }
}

resource "aws_ecr_lifecycle_policy" "image" {
  for_each = var.images

  repository = aws_ecr_repository.image[each.value].name

  policy = jsonencode({
    rules = [{
      rulePriority = 1
      description  = "The last ${var.images_kept} images"
      selection    = { tagStatus = "any", countType = "imageCountMoreThan", countNumber = var.images_kept }
      action       = { type = "expire" }
    }]
  })
}

# The cluster's machines pull; who pushes is each build's own role to say.
resource "aws_ecr_repository_policy" "image" {
  for_each = var.images

  repository = aws_ecr_repository.image[each.value].name

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

resource "aws_s3_bucket" "artifacts" {
  bucket = "${local.name}-artifacts-${var.account_id}"
}

resource "aws_s3_bucket_versioning" "artifacts" {
  bucket = aws_s3_bucket.artifacts.id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_public_access_block" "artifacts" {
  bucket                  = aws_s3_bucket.artifacts.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}
