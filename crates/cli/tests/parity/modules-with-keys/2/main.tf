module "each" {
  source   = "./m"
  for_each = toset(["y"])
  name     = each.key
}

output "each" {
  value = { for key, instance in module.each : key => instance.name }
}
