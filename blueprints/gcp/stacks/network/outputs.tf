output "network_id" {
  description = "The network."
  value       = google_compute_network.this.id
  depends_on  = [google_compute_network_firewall_policy_association.this]
}

output "subnet_id" {
  description = "The subnet of the machines."
  value       = google_compute_subnetwork.nodes.id
  depends_on  = [google_compute_router_nat.this]
}

output "private_subnet_ids" {
  description = "Subnets that machines stand in: on Google Cloud one, through all zones."
  value       = [google_compute_subnetwork.nodes.id]
}

output "range_names" {
  description = "Names of the subnet's ranges for pods and services."
  value       = { for range in google_compute_subnetwork.nodes.secondary_ip_range : range.range_name => range.range_name }
}

output "pod_cidrs" {
  description = "Ranges that pods have addresses of."
  value       = [var.ranges.pods]
}

output "services_range_name" {
  description = "The range of managed databases, once it is peered."
  value       = google_compute_global_address.services.name
  depends_on  = [google_service_networking_connection.services]
}

output "nat_addresses" {
  description = "Addresses that the world sees us come from."
  value       = google_compute_address.nat[*].address
}
