output "store" {
  description = "Where `strata store copy` moves the estate to, and the secret that holds its password."
  value = {
    address    = aws_db_instance.store.address
    port       = aws_db_instance.store.port
    database   = aws_db_instance.store.db_name
    secret_arn = one(aws_db_instance.store.master_user_secret[*].secret_arn)
  }
}

output "audit" {
  description = "Where seals of the audit trail go, and the key that signs them."
  value       = { bucket = aws_s3_bucket.audit.bucket, seal_key_arn = aws_kms_key.seal.arn }
}
