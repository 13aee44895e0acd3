terraform {
  required_providers {
    local = { source = "hashicorp/local" }
  }
}

provider "local" {
  alias = "other"
}

module "m" {
  source    = "./m"
  providers = { local.second = local.other }
}

resource "local_file" "own" {
  provider = local.other
  filename = "${path.module}/own.txt"
  content  = module.m.content
}
