output "network_id" {
  description = "The network."
  value       = aws_vpc.main.id
}

output "cidr" {
  description = "Addresses of the network."
  value       = aws_vpc.main.cidr_block
}

output "pod_cidrs" {
  description = "Addresses that pods have: those of the private subnets."
  value       = [for zone in var.zones : aws_subnet.private[zone].cidr_block]
}

output "private_subnet_ids" {
  description = "The private subnets, in the order of the zones."
  value       = [for zone in var.zones : aws_subnet.private[zone].id]

  # A machine without a way out cannot join its cluster.
  depends_on = [aws_route_table_association.private, aws_vpc_endpoint.gateway]
}

output "database_subnet_ids" {
  description = "The subnets of databases, in the order of the zones."
  value       = [for zone in var.zones : aws_subnet.database[zone].id]
}

output "control_plane_subnet_ids" {
  description = "The subnets of the cluster's control plane, in the order of the zones."
  value       = [for zone in var.zones : aws_subnet.control_plane[zone].id]
}

output "security_group_ids" {
  description = "The security groups: nodes, machines, database, warehouse, endpoints."
  value       = { for name, group in aws_security_group.group : name => group.id }
}
