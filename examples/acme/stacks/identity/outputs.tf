output "stack_role_arns" {
  description = "The roles of the stacks' automation, by STACK-PURPOSE."
  value       = { for key, role in aws_iam_role.stack : key => role.arn }
  depends_on  = [aws_iam_role_policy.stack]
}

output "team_role_arns" {
  description = "The roles of people, by team."
  value       = { for team, role in aws_iam_role.team : team => role.arn }
}

output "workload_role_arns" {
  description = "The roles that the cluster and its machines take."
  value       = { for name, role in aws_iam_role.workload : name => role.arn }
  depends_on  = [aws_iam_role_policy_attachment.workload]
}
