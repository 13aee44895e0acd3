# Layer 2: images, one repository for each app, so that a team's right to push ends at its own. A tag never moves; what runs is what was
# scanned. Who pushes is said in `delivery`.

resource "aws_kms_key" "registry" {
  description             = "${var.org}-${var.env}-registry"
  enable_key_rotation     = true
  deletion_window_in_days = 30
}

resource "aws_ecr_repository" "app" {
  for_each = var.repositories

  name                 = "${var.org}/${each.key}"
  image_tag_mutability = "IMMUTABLE"
  force_delete         = !var.protected
  tags                 = { team = each.value }

  image_scanning_configuration {
    scan_on_push = true
  }

  encryption_configuration {
    encryption_type = "KMS"
    kms_key         = aws_kms_key.registry.arn
  }
}

# What was pushed long ago is scanned again whenever a new weakness is known.
resource "aws_ecr_registry_scanning_configuration" "this" {
  scan_type = "ENHANCED"

  rule {
    scan_frequency = "CONTINUOUS_SCAN"

    repository_filter {
      filter      = "*"
      filter_type = "WILDCARD"
    }
  }
}

resource "aws_ecr_lifecycle_policy" "app" {
  for_each = aws_ecr_repository.app

  repository = each.value.name

  policy = jsonencode({
    rules = [
      {
        rulePriority = 1
        description  = "What lost its tag goes after two weeks"
        selection    = { tagStatus = "untagged", countType = "sinceImagePushed", countUnit = "days", countNumber = 14 }
        action       = { type = "expire" }
      },
      {
        rulePriority = 2
        description  = "A hundred releases stay"
        selection    = { tagStatus = "any", countType = "imageCountMoreThan", countNumber = 100 }
        action       = { type = "expire" }
      },
    ]
  })
}
