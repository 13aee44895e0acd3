terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

variable "name" {
  type = string
}

variable "cidr" {
  type = string
}

variable "endpoint" {
  type = string
}

variable "cluster" {
  type = string
}

provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_region_validation      = true
  skip_requesting_account_id  = true

  endpoints {
    ec2 = var.endpoint
    sts = var.endpoint
  }
}

resource "aws_vpc" "main" {
  cidr_block = var.cidr
  tags       = { Name = var.name }
}

resource "aws_subnet" "private" {
  count      = 2
  vpc_id     = aws_vpc.main.id
  cidr_block = cidrsubnet(var.cidr, 8, count.index)
  tags       = { Name = "${var.name}-${count.index}" }
}

# Known only after apply, as a managed cluster's endpoint is.
resource "terraform_data" "cluster" {
  input = var.cluster
}

output "id" {
  value = aws_vpc.main.id
}

output "cluster_endpoint" {
  value = terraform_data.cluster.output
}
