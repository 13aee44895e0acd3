module "each" {
  source   = "./m"
  for_each = toset(["x", "y"])
  name     = each.key
}

module "counted" {
  source     = "./m"
  count      = 2
  name       = "n${count.index}"
  depends_on = [module.each]
}

output "each" {
  value = { for key, instance in module.each : key => instance.name }
}

output "counted" {
  value = module.counted[*].id
}
