variable "name" { type = string }
variable "instance_class" { type = string }
variable "allocated_storage" { type = number }
variable "master_username" { type = string }
variable "aws_region" { type = string }
variable "tags" {
  type    = map(string)
  default = {}
}

resource "random_password" "master" {
  length  = 20
  special = false
}

resource "aws_vpc" "network" {
  cidr_block = "10.0.0.0/16"
}

resource "terraform_data" "instance" {
  input = {
    name    = var.name
    class   = var.instance_class
    storage = var.allocated_storage
    user    = var.master_username
    network = aws_vpc.network.id
    tags    = var.tags
  }
}

output "endpoint" { value = "${var.name}.${aws_vpc.network.id}:3306" }
output "network_id" { value = aws_vpc.network.id }
output "port" { value = 3306 }
output "password" {
  value     = random_password.master.result
  sensitive = true
}
