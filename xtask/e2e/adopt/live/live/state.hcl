locals {
  backend = "local"
  key     = "path"
  prefix  = "${get_terragrunt_dir()}/../states/"
  config  = {}
}
