# For what cannot be had by identity (another company's token): empty secrets, whose values the teams put in, so that no state ever holds one.

resource "aws_secretsmanager_secret" "app" {
  for_each = var.apps

  name                    = "${var.org}/${var.env}/${each.key}"
  description             = "Of ${each.key}; its value is put in by the team"
  kms_key_id              = aws_kms_key.main.arn
  recovery_window_in_days = 30
}
