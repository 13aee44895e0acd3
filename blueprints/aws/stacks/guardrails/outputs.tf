output "trail_bucket" {
  description = "The bucket of the organisation's trail."
  value       = aws_s3_bucket.trail.bucket
}

output "policy_ids" {
  description = "The service control policies, by name."
  value       = { for name, policy in aws_organizations_policy.guardrail : name => policy.id }
}
