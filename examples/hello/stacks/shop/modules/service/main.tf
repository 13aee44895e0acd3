variable "name" {
  type = string
}

variable "cluster" {
  type = string
}

variable "replicas" {
  type = number
}

variable "settings" {
  type    = map(string)
  default = {}
}

resource "terraform_data" "deployment" {
  input = {
    name     = var.name
    cluster  = var.cluster
    replicas = var.replicas
    settings = var.settings
  }

  triggers_replace = [var.name]
}

output "id" {
  value = terraform_data.deployment.id
}
