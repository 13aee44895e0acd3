output "vpc_id" {
  description = "The network."
  value       = aws_vpc.main.id
}

output "private_subnet_ids" {
  description = "The private subnets, in the order of the zones."
  value       = [for zone in var.zones : aws_subnet.private[zone].id]
}

output "control_plane_subnet_ids" {
  description = "The subnets of the cluster's control plane, in the order of the zones."
  value       = [for zone in var.zones : aws_subnet.control_plane[zone].id]
}

output "public_subnet_ids" {
  description = "The public subnets, in the order of the zones."
  value       = [for zone in var.zones : aws_subnet.public[zone].id]
}

output "nodes_security_group_id" {
  description = "The security group of the cluster's machines."
  value       = aws_security_group.nodes.id
}

output "database_security_group_id" {
  description = "The security group that lets the cluster's machines reach databases."
  value       = aws_security_group.database.id
}
