variable "name" { type = string }
variable "instance_type" { type = string }
variable "min_size" { type = number }
variable "max_size" { type = number }
variable "server_port" { type = number }
variable "network_id" { type = string }
variable "environment" { type = string }
variable "aws_account_id" {}
variable "settings" {
  type = object({ db_url = string, ports = list(string) })
}

module "launch" {
  source = "../launch"
  name   = "${var.name}-${var.environment}"
  size   = var.min_size
}

resource "terraform_data" "group" {
  input            = "${var.instance_type} ${var.max_size} ${var.server_port} ${var.settings.db_url} ${var.aws_account_id}"
  triggers_replace = [var.network_id]
}

output "ports" { value = var.settings.ports }
output "launched" { value = module.launch.names }

resource "aws_security_group" "servers" {
  name        = var.name
  description = "servers"
  vpc_id      = var.network_id
}
