terraform {
  required_providers {
    local = { source = "hashicorp/local" }
    tls   = { source = "hashicorp/tls" }
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

resource "tls_private_key" "edge" {
  algorithm = "ECDSA"
}

resource "local_file" "network" {
  filename = "${path.module}/network.json"
  content  = jsonencode({ name = var.name, cidr = var.cidr, key = tls_private_key.edge.public_key_fingerprint_sha256 })
}

# Known only after apply, as a managed cluster's endpoint is.
resource "terraform_data" "cluster" {
  input = var.cluster
}

output "id" {
  value = local_file.network.id
}

output "cluster_endpoint" {
  value = terraform_data.cluster.output
}
