output "workload_role_arns" {
  description = "What workloads in the cluster become, by their name."
  value       = { for name, role in aws_iam_role.workload : name => role.arn }
  depends_on  = [aws_iam_role_policy.workload]
}

output "service_role_arns" {
  description = "What the cloud's services become, by their name."
  value       = { for name, role in aws_iam_role.service : name => role.arn }
  depends_on  = [aws_iam_role_policy.service, aws_iam_role_policy_attachment.service]
}
