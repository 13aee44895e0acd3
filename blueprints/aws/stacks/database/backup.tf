# Backups beside Aurora's own, in a vault that whoever deletes the database does not reach.

resource "aws_backup_vault" "main" {
  name        = local.name
  kms_key_arn = aws_kms_key.main.arn
}

resource "aws_backup_vault_lock_configuration" "main" {
  count = var.protected ? 1 : 0

  backup_vault_name  = aws_backup_vault.main.name
  min_retention_days = 7
  max_retention_days = 365
}

resource "aws_backup_plan" "main" {
  name = local.name

  rule {
    rule_name                = "daily"
    target_vault_name        = aws_backup_vault.main.name
    schedule                 = "cron(0 4 * * ? *)"
    start_window             = 60
    completion_window        = 240
    enable_continuous_backup = true

    lifecycle {
      delete_after = var.backup_days
    }
  }

  rule {
    rule_name         = "monthly"
    target_vault_name = aws_backup_vault.main.name
    schedule          = "cron(0 5 1 * ? *)"
    start_window      = 60
    completion_window = 480

    lifecycle {
      delete_after = 365
    }
  }
}

resource "aws_backup_selection" "main" {
  name         = local.name
  plan_id      = aws_backup_plan.main.id
  iam_role_arn = var.backup_role_arn
  resources    = [aws_rds_cluster.main.arn]
}
