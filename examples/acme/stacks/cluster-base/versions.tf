terraform {
  required_version = ">= 1.9"

  required_providers {
    kubernetes = {
      source  = "hashicorp/kubernetes"
      version = "~> 1.13"
    }
  }
}

# Who we are comes from the credentials of the run, never from here.
provider "kubernetes" {
  load_config_file       = false
  host                   = var.cluster.endpoint
  cluster_ca_certificate = base64decode(var.cluster.ca)
}
