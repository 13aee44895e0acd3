output "group_name" {
  description = "The group of the machines."
  value       = aws_autoscaling_group.this.name
}

output "security_group_id" {
  description = "The machines, for the security groups of what they reach."
  value       = aws_security_group.machines.id
}
