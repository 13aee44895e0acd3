locals {
  backend = "s3"
  key     = "key"
  prefix  = ""
  config = {
    bucket                      = "acme-terraform-state"
    region                      = "us-east-1"
    endpoints                   = { s3 = get_env("STATE_ENDPOINT") }
    use_path_style              = true
    skip_credentials_validation = true
    skip_metadata_api_check     = true
    skip_region_validation      = true
    skip_requesting_account_id  = true
  }
}
