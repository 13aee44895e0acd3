output "zone_id" {
  description = "The public zone's name in Cloud DNS."
  value       = google_dns_managed_zone.public.name
  depends_on  = [google_dns_record_set.delegation]
}

output "zone_name" {
  description = "The domain, without the last dot."
  value       = trimsuffix(google_dns_managed_zone.public.dns_name, ".")
}

output "private_zone_id" {
  description = "The private zone's name in Cloud DNS."
  value       = google_dns_managed_zone.private.name
}
