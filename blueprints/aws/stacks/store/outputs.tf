output "store" {
  description = "Where `strata store copy` moves the estate to, and the secret that holds its password."
  value = {
    address    = aws_db_instance.store.address
    port       = aws_db_instance.store.port
    database   = aws_db_instance.store.db_name
    secret_arn = one(aws_db_instance.store.master_user_secret[*].secret_arn)
  }
}

output "seals_bucket" {
  description = "The bucket of the audit trail's seals."
  value       = aws_s3_bucket.seals.bucket

  # Nobody is to write a seal that can still be deleted.
  depends_on = [aws_s3_bucket_object_lock_configuration.seals]
}

output "runners_security_group_id" {
  description = "The security group that runners take to reach the store."
  value       = aws_security_group.runners.id
}
