output "zone_id" {
  description = "The parent zone."
  value       = aws_route53_zone.parent.zone_id
}

output "name_servers" {
  description = "What the registrar is told."
  value       = aws_route53_zone.parent.name_servers
}
