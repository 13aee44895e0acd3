//! Trees in one text each, and the estate files that come of them.

mod support;

use support::{Fixture, check, findings};

const LIVE: &str = r#"
//- /repo/.git/HEAD
//- /repo/modules/vpc/main.tf
variable "cidr" { type = string }
variable "name" { type = string }
variable "nat" {
  type    = bool
  default = false
}
resource "aws_vpc" "this" { cidr_block = var.cidr }
output "id" { value = aws_vpc.this.id }
output "subnets" { value = ["a"] }
//- /repo/modules/app/main.tf
terraform {
  required_providers { aws = { source = "hashicorp/aws" } }
}
variable "vpc_id" { type = string }
variable "subnet" { type = string }
variable "size" { type = number }
variable "label" {}
variable "environment" { type = string }
//- /repo/live/root.hcl
locals {
  account = read_terragrunt_config(find_in_parent_folders("account.hcl"))
  region  = read_terragrunt_config(find_in_parent_folders("region.hcl")).locals.region
}
generate "provider" {
  path      = "provider.tf"
  if_exists = "overwrite_terragrunt"
  contents  = <<EOF
provider "aws" {
  region              = "${local.region}"
  allowed_account_ids = ["${local.account.locals.id}"]
}
EOF
}
remote_state {
  backend = "s3"
  config = {
    bucket = "${get_env("PREFIX", "")}state-${local.account.locals.name}"
    key    = "${path_relative_to_include()}/terraform.tfstate"
    region = "us-east-1"
  }
  generate = { path = "backend.tf", if_exists = "overwrite_terragrunt" }
}
inputs = merge(local.account.locals, { unused = 1 })
//- /repo/live/_env/app.hcl
locals {
  env  = read_terragrunt_config(find_in_parent_folders("env.hcl")).locals.environment
  base = "${dirname(find_in_parent_folders("root.hcl"))}/../modules"
}
terraform { source = "${local.base}//app" }
dependency "vpc" {
  config_path  = "../vpc"
  mock_outputs = { id = "vpc-mock", subnets = [] }
}
inputs = {
  vpc_id      = dependency.vpc.outputs.id
  subnet      = "${local.env}-${dependency.vpc.outputs.subnets[0]}"
  size        = 1
  label       = 7
  environment = local.env
}
//- /repo/live/non-prod/account.hcl
locals {
  name = "non-prod"
  id   = "111111111111"
}
//- /repo/live/prod/account.hcl
locals {
  name = "prod"
  id   = "222222222222"
}
//- /repo/live/non-prod/us-east-1/region.hcl
locals { region = "us-east-1" }
//- /repo/live/prod/us-east-1/region.hcl
locals { region = "us-east-1" }
//- /repo/live/prod/eu-west-1/region.hcl
locals { region = "eu-west-1" }
//- /repo/live/non-prod/us-east-1/qa/env.hcl
locals { environment = "qa" }
//- /repo/live/prod/us-east-1/prod/env.hcl
locals { environment = "prod" }
//- /repo/live/prod/eu-west-1/prod/env.hcl
locals { environment = "prod" }
//- /repo/live/non-prod/us-east-1/qa/vpc/terragrunt.hcl
include "root" { path = find_in_parent_folders("root.hcl") }
terraform { source = "../../../../../modules//vpc" }
inputs = { cidr = "10.1.0.0/16", name = "qa" }
//- /repo/live/prod/us-east-1/prod/vpc/terragrunt.hcl
include "root" { path = find_in_parent_folders("root.hcl") }
terraform { source = "../../../../../modules//vpc" }
inputs = { cidr = "10.2.0.0/16", name = "prod", nat = true }
//- /repo/live/prod/eu-west-1/prod/vpc/terragrunt.hcl
include "root" { path = find_in_parent_folders("root.hcl") }
terraform { source = "../../../../../modules//vpc" }
inputs = { cidr = "10.3.0.0/16", name = "prod", nat = true }
//- /repo/live/non-prod/us-east-1/qa/app/terragrunt.hcl
include "root" { path = find_in_parent_folders("root.hcl") }
include "env" {
  path   = "${dirname(find_in_parent_folders("root.hcl"))}/_env/app.hcl"
  expose = true
}
//- /repo/live/prod/us-east-1/prod/app/terragrunt.hcl
include "root" { path = find_in_parent_folders("root.hcl") }
include "env" {
  path   = "${dirname(find_in_parent_folders("root.hcl"))}/_env/app.hcl"
  expose = true
}
inputs = { size = include.env.inputs.size + 2 }
//- /repo/live/prod/eu-west-1/prod/app/terragrunt.hcl
include "root" { path = find_in_parent_folders("root.hcl") }
include "env" {
  path   = "${dirname(find_in_parent_folders("root.hcl"))}/_env/app.hcl"
  expose = true
}
"#;

#[test]
fn two_accounts_and_two_regions() {
    insta::assert_snapshot!(check(LIVE, "/repo/live"));
}

#[test]
fn what_cannot_be_read_is_a_list_with_places() {
    insta::assert_snapshot!(findings(
        r#"
//- /t/m/main.tf
variable "a" { type = string }
variable "b" { type = string }
variable "c" { type = string }
//- /t/x/terragrunt.hcl
terraform {
  source = "../m"
  before_hook "h" {
    commands = ["plan"]
    execute  = ["true"]
  }
}
dependency "y" { config_path = "../y" }
dependency "gone" { config_path = "../gone" }
locals { id = get_aws_account_id() }
inputs = {
  a = local.id
}
//- /t/y/terragrunt.hcl
terraform { source = "git::https://example.com/modules.git//y?ref=v1" }
//- /t/z/terragrunt.hcl
terraform { source = "../m" }
dependency "gone" { config_path = "../gone" }
remote_state {
  backend = "gcs"
  config  = { bucket = "b" }
}
inputs = {
  a = dependency.gone.outputs.a
  b = jsonencode(dependency.gone)
}
//- /t/w/terragrunt.hcl
terraform { source = "../m"
"#,
        "/t"
    ));
}

#[test]
fn sources_from_elsewhere_are_where_the_map_says() {
    let fixture = Fixture::new(
        r#"
//- /t/modules/y/main.tf
variable "a" { type = string }
//- /t/live/y/terragrunt.hcl
terraform { source = "git::https://example.com/modules.git//y?ref=v1" }
remote_state {
  backend = "local"
  config  = { path = "${get_terragrunt_dir()}/terraform.tfstate" }
}
inputs = { a = "x" }
"#,
    );
    let map = ("git::https://example.com/modules.git".to_owned(), "/t/modules".to_owned());
    let (text, found) = fixture.adopt("/t/live", vec![map]);
    assert_eq!(found, "");
    assert!(text.contains("source = \"../modules/y\""), "{text}");
    assert!(text.contains("\"main/y\" = \"file:y/terraform.tfstate\""), "{text}");
}

#[test]
fn plain_root_modules_are_stacks_of_their_own() {
    insta::assert_snapshot!(check(
        r#"
//- /t/modules/net/main.tf
variable "cidr" {}
//- /t/dev/network/main.tf
terraform {
  backend "s3" {
    bucket = "states"
    key    = "dev/network"
    region = "eu-west-1"
  }
}
variable "cidr" { type = string }
module "net" {
  source = "../../modules/net"
  cidr   = var.cidr
}
//- /t/dev/network/terraform.tfvars
cidr  = "10.0.0.0/16"
other = 1
//- /t/prod/network/main.tf
terraform {
  backend "s3" {
    bucket = "states"
    key    = "prod/network"
    region = "eu-west-1"
  }
}
variable "cidr" { type = string }
//- /t/prod/network/extra.auto.tfvars
cidr = "10.9.0.0/16"
//- /t/prod/dns/main.tf
resource "terraform_data" "x" {}
//- /t/prod/dns/terraform.tfstate
{}
"#,
        "/t"
    ));
}

#[test]
fn generated_settings_and_files_find_their_places() {
    let fixture = Fixture::new(
        r#"
//- /t/m/main.tf
variable "n" { type = number }
resource "local_file" "x" {}
//- /t/root.hcl
generate "versions" {
  path      = "versions.tf"
  if_exists = "overwrite_terragrunt"
  contents  = <<EOF
terraform {
  required_providers { local = { source = "hashicorp/local" } }
}
provider "local" {}
provider "aws" { region = "x" }
EOF
}
remote_state {
  backend = "local"
  config  = { path = "${get_parent_terragrunt_dir()}/states/${path_relative_to_include()}.tfstate" }
}
//- /t/dev/a/terragrunt.hcl
include { path = find_in_parent_folders("root.hcl") }
terraform { source = "../../m" }
inputs = { n = 1 }
//- /t/prod/a/terragrunt.hcl
include { path = find_in_parent_folders("root.hcl") }
terraform { source = "../../m" }
inputs = { n = 2 }
"#,
    );
    let files = fixture.files("/t");
    let signed = "# Generated by Terragrunt. Sig: nIlQXj57tbuaRZEa\n";
    let text =
        "terraform {\n  required_providers { local = { source = \"hashicorp/local\" } }\n}\n";
    assert_eq!(files, [("m/versions.tf".to_owned(), format!("{signed}{text}"))]);
    let (text, found) = fixture.adopt("/t", Vec::new());
    assert_eq!(found, "");
    assert!(text.contains("provider \"local\""), "{text}");
    assert!(!text.contains("provider \"aws\""), "the module has no such provider: {text}");
    assert!(text.contains("n = env.a.n"), "{text}");
    assert!(text.contains("\"dev/a\"  = \"file:states/dev/a.tfstate\""), "{text}");
}

#[test]
fn what_stands_between_outputs_may_differ() {
    let tree = r#"
//- /t/base/main.tf
output "id" { value = 1 }
//- /t/top/main.tf
variable "id" { type = string }
//- /t/dev/base/terragrunt.hcl
terraform { source = "../../base" }
//- /t/prod/base/terragrunt.hcl
terraform { source = "../../base" }
//- /t/dev/top/terragrunt.hcl
terraform { source = "../../top" }
dependency "base" { config_path = "../base" }
inputs = { id = "small-${dependency.base.outputs.id}-${local.x}$${y}" }
locals { x = 1 }
//- /t/prod/top/terragrunt.hcl
terraform { source = "../../top" }
dependency "base" { config_path = "../base" }
inputs = { id = "big-${dependency.base.outputs.id}-${local.x}$${y}" }
locals { x = 2 }
"#;
    let (text, _) = Fixture::new(tree).adopt("/t", Vec::new());
    let wired = "id = \"${env.top.id}${stack.base.id}-${env.top.id_2}$${y}\"";
    assert!(text.contains(wired), "{text}");
    assert!(text.contains("top = { id = \"small-\", id_2 = 1 }"), "{text}");
}

#[test]
fn units_whose_inputs_have_other_forms_are_other_stacks() {
    insta::assert_snapshot!(check(
        r#"
//- /t/base/main.tf
variable "n" { type = number }
output "id" { value = 1 }
//- /t/top/main.tf
variable "id" { type = number }
variable "more" { type = list(string) }
//- /t/dev/base/terragrunt.hcl
terraform { source = "../../base" }
inputs = { n = 1 }
//- /t/prod/base/terragrunt.hcl
terraform { source = "../../base" }
inputs = { n = 2 }
//- /t/dev/top/terragrunt.hcl
terraform { source = "../../top" }
dependency "base" { config_path = "../base" }
inputs = { id = dependency.base.outputs.id, more = ["a"] }
//- /t/prod/top/terragrunt.hcl
terraform { source = "../../top" }
dependency "base" { config_path = "../base" }
inputs = { id = 4, more = [for x in ["a", "b"] : "${x}-${dependency.base.outputs.id}"] }
//- /t/shared/hub/terragrunt.hcl
terraform { source = "../../base" }
inputs = { n = 3 }
//- /t/dev/spoke/terragrunt.hcl
terraform { source = "../../top" }
dependency "hub" { config_path = "../../shared/hub" }
locals { key = "id" }
inputs = { id = dependency.hub.outputs[local.key], more = keys(dependency.hub.outputs) }
"#,
        "/t"
    ));
}

#[test]
fn lock_files_become_one() {
    let fixture = Fixture::new(
        r#"
//- /t/m/main.tf
data "terraform_remote_state" "net" {}
//- /t/dev/a/terragrunt.hcl
terraform { source = "../../m" }
//- /t/dev/a/.terraform.lock.hcl
provider "registry.opentofu.org/hashicorp/random" {
  version = "3.9.0"
  hashes = ["h1:a"]
}
//- /t/dev/b/terragrunt.hcl
terraform { source = "../../m" }
//- /t/dev/b/.terraform.lock.hcl
provider "registry.opentofu.org/hashicorp/random" {
  version = "3.10.0"
  hashes = ["h1:b"]
}
provider "registry.terraform.io/hashicorp/tls" {
  version = "4.0.4"
  hashes = ["h1:c"]
}
"#,
    );
    let (_, found) = fixture.adopt("/t", Vec::new());
    assert!(found.contains("dev/b/.terraform.lock.hcl:1,1 adopt-locks"), "{found}");
    assert!(found.contains("m/main.tf:1,1 adopt-remote-state"), "{found}");
    let files = fixture.files("/t");
    let [(path, text)] = &files[..] else { panic!("{files:?}") };
    assert_eq!(path, ".terraform.lock.hcl");
    let random = "provider \"registry.opentofu.org/hashicorp/random\" {\n  version = \"3.10.0\"\n  hashes = [\n    \"h1:b\",\n  ]\n}\n";
    assert!(text.contains(random), "{text}");
    assert!(!text.contains("h1:a"), "hashes of another version: {text}");
    let other = "provider \"registry.opentofu.org/hashicorp/tls\" {\n  version = \"4.0.4\"\n}\n";
    assert!(text.contains(other), "of another registry the version alone: {text}");
}

#[test]
fn the_common_part_may_be_called_as_units_are() {
    let fixture = Fixture::new(
        r#"
//- /t/m/main.tf
variable "tags" { type = map(string) }
variable "from_file" { type = string }
//- /t/terragrunt.hcl
locals { where = split("/", path_relative_to_include())[0] }
terraform {
  extra_arguments "vars" {
    commands           = get_terraform_commands_that_need_vars()
    optional_var_files = ["${get_terragrunt_dir()}/own.tfvars"]
  }
}
inputs = {
  tags = { where = local.where, path = path_relative_from_include() }
}
//- /t/dev/a/own.tfvars
from_file = "yes"
//- /t/dev/a/terragrunt.hcl
include {
  path           = find_in_parent_folders()
  merge_strategy = "deep"
}
terraform { source = "../../m" }
inputs = { tags = { own = "1" } }
"#,
    );
    let (text, found) = fixture.adopt("/t", Vec::new());
    assert!(
        text.contains("tags      = { own = \"1\", path = \"../..\", where = \"dev\" }"),
        "{text}"
    );
    assert!(text.contains("from_file = \"yes\""), "{text}");
    assert_eq!(
        found,
        "dev/a/terragrunt.hcl:1,1 adopt-state It is not known where the state of dev/a is\n"
    );
}

#[test]
fn units_of_explicit_stacks_are_read_once_they_are_written() {
    let written = r#"
//- /t/m/main.tf
variable "cidr" { type = string }
//- /t/dev/terragrunt.stack.hcl
unit "vpc" {
  source = "../units/vpc"
  path   = "vpc"
}
//- /t/dev/.terragrunt-stack/vpc/terragrunt.hcl
terraform { source = "../../../m" }
inputs = { cidr = values.cidr }
remote_state {
  backend = "local"
  config  = { path = "/t/vpc.tfstate" }
}
//- /t/dev/.terragrunt-stack/vpc/terragrunt.values.hcl
cidr = "10.0.0.0/16"
"#;
    let (text, found) = Fixture::new(written).adopt("/t", Vec::new());
    assert_eq!(found, "");
    assert!(text.contains("stack \"vpc\"") && text.contains("cidr = \"10.0.0.0/16\""), "{text}");
    assert!(text.contains("\"dev/vpc\" = \"file:vpc.tfstate\""), "{text}");
    let unwritten = written.split("//- /t/dev/.terragrunt-stack").next().expect("a first part");
    let found = findings(unwritten, "/t");
    assert!(found.starts_with("dev/terragrunt.stack.hcl:1,1 adopt-left-out"), "{found}");
}

#[test]
fn a_circle_of_configurations_is_told() {
    let circle = r#"
//- /t/m/main.tf
variable "a" { type = string }
//- /t/one.hcl
locals {
  x = read_terragrunt_config("/t/two.hcl")
  y = read_terragrunt_config("/t/two.hcl")
}
//- /t/two.hcl
locals {
  x = read_terragrunt_config("/t/one.hcl")
  y = read_terragrunt_config("/t/one.hcl")
}
//- /t/dev/a/terragrunt.hcl
locals { common = read_terragrunt_config("/t/one.hcl") }
terraform { source = "../../m" }
inputs = { a = "b" }
"#;
    let found = findings(circle, "/t");
    assert!(found.contains("two.hcl:2,7 adopt-unread"), "{found}");
    assert!(found.contains("/t/one.hcl is read in a circle"), "{found}");
}
