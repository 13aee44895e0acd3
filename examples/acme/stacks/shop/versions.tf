terraform {
  required_version = ">= 1.9"

  required_providers {
    helm = {
      source  = "hashicorp/helm"
      version = "~> 1.3"
    }
    kubectl = {
      source  = "gavinbunney/kubectl"
      version = "~> 1.19"
    }
  }
}

# Who we are comes from the credentials of the run, never from here.
provider "helm" {
  kubernetes {
    load_config_file       = false
    host                   = var.cluster.endpoint
    cluster_ca_certificate = base64decode(var.cluster.ca)
  }
}

provider "kubectl" {
  load_config_file       = false
  host                   = var.cluster.endpoint
  cluster_ca_certificate = base64decode(var.cluster.ca)
}
