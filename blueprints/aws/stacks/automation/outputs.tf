output "stack_role_arns" {
  description = "The roles of the stacks' automation, by STACK-PURPOSE."
  value       = { for key, role in aws_iam_role.stack : key => role.arn }
  depends_on  = [aws_iam_role_policy.stack]
}

output "service_role_arns" {
  description = "The roles that the cloud's services take, by name."
  value       = { for name, role in aws_iam_role.service : name => role.arn }
  depends_on  = [aws_iam_role_policy.service, aws_iam_role_policy_attachment.service]
}

output "machines_profile" {
  description = "The instance profile of machines outside of the cluster."
  value       = aws_iam_instance_profile.machines.arn
  depends_on  = [aws_iam_role_policy_attachment.service]
}

output "workload_role_arns" {
  description = "The roles of what runs in the cluster, by name."
  value       = { for name, role in aws_iam_role.workload : name => role.arn }
  depends_on  = [aws_iam_role_policy.workload, aws_iam_role_policy_attachment.workload]
}

output "team_role_arns" {
  description = "The roles by which the cluster knows people, by team."
  value       = { for team, role in aws_iam_role.team : team => role.arn }
}
