output "boundary_arn" {
  description = "The permission boundary of all roles."
  value       = aws_iam_policy.boundary.arn
}

output "ci_role_arns" {
  description = "What CI becomes first, by purpose: plan and apply."
  value       = { for purpose, role in aws_iam_role.ci : purpose => role.arn }

  # A role without its policy can be assumed, and then become nothing.
  depends_on = [aws_iam_role_policy.ci, aws_iam_role_policy.identity]
}

output "store" {
  description = "Where `strata store copy` moves the estate to, and the secret that holds its password."
  value = {
    address    = aws_db_instance.store.address
    port       = aws_db_instance.store.port
    database   = aws_db_instance.store.db_name
    secret_arn = one(aws_db_instance.store.master_user_secret[*].secret_arn)
    backups    = aws_s3_bucket.backups.bucket
  }
}
