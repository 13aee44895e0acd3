variable "env" {
  type = string
}

variable "cluster" {
  type = string
}

variable "database" {
  type = string
}

variable "replicas" {
  type    = number
  default = 1
}

module "web" {
  source   = "./modules/service"
  for_each = toset(["cart", "checkout"])

  name     = each.key
  cluster  = var.cluster
  replicas = var.replicas
  settings = { DATABASE = var.database }
}

output "services" {
  value = { for name, service in module.web : name => service.id }
}
