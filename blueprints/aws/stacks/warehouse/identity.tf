# What the warehouse may read: raw events, and the catalogue that says what they are.

resource "aws_glue_catalog_database" "events" {
  name        = replace("${local.name}_events", "-", "_")
  description = "Raw events of the apps"
}

resource "aws_iam_role" "reader" {
  name                 = "${local.name}-reader"
  path                 = "/${var.org}/${var.env}/workload/"
  description          = "The warehouse: reads raw events"
  permissions_boundary = var.boundary_arn

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = ["redshift.amazonaws.com", "redshift-serverless.amazonaws.com"] }
      Condition = { StringEquals = { "aws:SourceAccount" = var.account_id } }
    }]
  })
}

resource "aws_iam_role_policy" "reader" {
  name = "read-events"
  role = aws_iam_role.reader.name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect    = "Allow"
        Action    = "s3:ListBucket"
        Resource  = var.raw.bucket_arn
        Condition = { StringLike = { "s3:prefix" = "${var.raw.prefix}*" } }
      },
      {
        Effect   = "Allow"
        Action   = "s3:GetObject"
        Resource = "${var.raw.bucket_arn}/${var.raw.prefix}*"
      },
      {
        Effect   = "Allow"
        Action   = "kms:Decrypt"
        Resource = var.raw.key_arn
      },
      {
        Effect = "Allow"
        Action = ["glue:GetDatabase", "glue:GetTable", "glue:GetTables", "glue:GetPartitions"]
        Resource = [
          "arn:aws:glue:${var.region}:${var.account_id}:catalog",
          aws_glue_catalog_database.events.arn,
          "arn:aws:glue:${var.region}:${var.account_id}:table/${aws_glue_catalog_database.events.name}/*",
        ]
      },
    ]
  })
}
