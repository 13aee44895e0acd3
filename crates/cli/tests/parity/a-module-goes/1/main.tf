module "m" {
  source = "./m"
}

resource "terraform_data" "kept" {
  input = module.m.id
}
