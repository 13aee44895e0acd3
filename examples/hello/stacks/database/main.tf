variable "env" {
  type = string
}

variable "network_id" {
  type = string
}

variable "subnets" {
  type = map(string)
}

resource "terraform_data" "subnet_group" {
  input = sort(values(var.subnets))
}

resource "terraform_data" "main" {
  input = {
    name    = "orders-${var.env}"
    network = var.network_id
    group   = terraform_data.subnet_group.id
  }

  lifecycle {
    prevent_destroy = false
  }
}

output "endpoint" {
  value = "${terraform_data.main.id}.db.internal:5432"
}
