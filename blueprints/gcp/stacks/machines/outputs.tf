output "account" {
  description = "The machines' account."
  value       = google_service_account.machines.email
}

output "instance_group" {
  description = "The machines, for a load balancer."
  value       = google_compute_region_instance_group_manager.this.instance_group
}
