output "zone_id" {
  description = "The environment's public zone."
  value       = aws_route53_zone.public.zone_id

  # Certificates are proven by names that the world can find.
  depends_on = [aws_route53_record.delegation]
}

output "zone_name" {
  description = "Its domain."
  value       = aws_route53_zone.public.name
}

output "internal_zone_id" {
  description = "The zone of names inside of the network."
  value       = aws_route53_zone.internal.zone_id
}
