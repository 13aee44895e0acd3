output "oidc_provider_arn" {
  description = "The forge, as this account knows it: for push roles of app repositories."
  value       = aws_iam_openid_connect_provider.ci.arn
}

output "boundary_arn" {
  description = "The permission boundary of all roles."
  value       = aws_iam_policy.boundary.arn
}

output "ci_role_arns" {
  description = "What CI becomes first, by purpose: plan and apply."
  value       = { for purpose, role in aws_iam_role.ci : purpose => role.arn }

  # A role without its policy can be assumed, and then become nothing.
  depends_on = [aws_iam_role_policy.ci]
}
