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

output "machines_profile" {
  description = "Name of the machines' instance profile; null where there are none."
  value       = one(aws_iam_instance_profile.machines[*].name)
}
