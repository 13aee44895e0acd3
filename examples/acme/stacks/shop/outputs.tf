output "address" {
  description = "Where customers find the shop."
  value       = "https://shop.${var.ingress.domain}"
}
