//! Provider settings, credentials, secrets and lock files of an estate, through the program; `tofu` agrees with what is
//! ejected.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::support::Estate;

const ESTATE: &str = r#"
estate {
  name = "acme"

  provider "aws" {
    region                      = env.region
    skip_credentials_validation = true
    skip_requesting_account_id  = true
    skip_metadata_api_check     = true
    default_tags {
      tags = { stack = self.name, price = "$${5} %%{x}" }
    }
  }
}

layer "infrastructure" {}

environment "dev" {
  values = { region = "eu-west-1" }
}

environment "prod" {
  values    = { region = "us-east-1" }
  lock_file = "locks/prod.hcl"
}

secret "key" { env = "STRATA_TEST_KEY" }

stack "network" {
  layer  = "infrastructure"
  source = "./network"
  inputs = { cidr = "10.1.0.0/16" }
  provider "aws" {
    access_key = "static"
    secret_key = secret.key
    default_tags {
      tags = { stack = "own" }
    }
  }
}
"#;

const NETWORK: &str = r#"
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

variable "cidr" { type = string }

provider "aws" {
  region      = "nowhere-1"
  max_retries = 1
  default_tags {
    tags = { root = "module" }
  }
}

data "aws_region" "here" {}

resource "aws_vpc" "main" {
  cidr_block = var.cidr
}

output "region" {
  value = data.aws_region.here.name
}
"#;

fn estate() -> Estate {
    Estate::of(&[("strata.hcl", ESTATE), ("network/main.tf", NETWORK)])
}

#[test]
fn a_setting_that_a_provider_does_not_take_is_told_where_it_was_written() {
    let estate = Estate::of(&[
        (
            "strata.hcl",
            "estate { name = \"acme\" }\nlayer \"all\" {\n  provider \"terraform\" { colour = 1 }\n}\n\
             environment \"dev\" {}\nstack \"one\" {\n  layer = \"all\"\n  source = \"./one\"\n}\n",
        ),
        ("one/main.tf", "resource \"terraform_data\" \"it\" {}\n"),
    ]);
    estate.expect(&["init"], 0);
    estate.fails(&["plan"], "argument-unexpected", "strata.hcl:6,26  given here");
}

#[test]
fn a_provider_that_is_not_locked_is_told_once_for_all_stacks() {
    let estate = Estate::of(&[
        (
            "strata.hcl",
            "estate { name = \"acme\" }\nlayer \"all\" {}\nenvironment \"dev\" {}\nstack \"one\" {\n  layer = \"all\"\n  \
             source = \"./one\"\n  for_each = toset([\"a\", \"b\"])\n  inputs = { key = each.key }\n}\n",
        ),
        (
            "one/main.tf",
            "variable \"key\" {}\nresource \"random_pet\" \"it\" { prefix = var.key }\n",
        ),
    ]);
    estate.expect(&["store", "create"], 0);
    let ran = estate.run(&["plan"]);
    assert_eq!(ran.err.matches("[provider-not-locked]").count(), 1, "{}", ran.err);
}

#[test]
fn validate_asks_for_no_secret_and_names_what_is_wrong() {
    let estate = estate();
    estate.expect(&["validate"], 0);
    estate.edit("strata.hcl", "secret.key", "secret.kye");
    estate.fails(&["validate"], "estate-reference-unknown", "strata.hcl:35");
    estate.edit("strata.hcl", "secret.kye", "secret.key");
    estate.edit(
        "strata.hcl",
        "provider \"aws\" {\n    access_key",
        "provider \"asw\" {\n    access_key",
    );
    estate.fails(&["validate"], "provider-unrequired", "strata.hcl");
    estate.edit(
        "strata.hcl",
        "provider \"asw\"",
        "credentials \"aws\" {\n    plan_role = \"r\"\n  }\n  provider \"aws\"",
    );
    estate.fails(&["validate"], "credentials-incomplete", "strata.hcl");
}

#[test]
fn ejected_files_hold_settings_and_known_inputs_but_no_secret() {
    let estate = estate();
    let out = estate.expect(&["eject", "-override", "out", "dev/network"], 0);
    assert!(out.contains("out/dev/network/strata_override.tf"), "{out}");
    let read = |name: &str| std::fs::read_to_string(estate.path(name)).expect("it was written");
    let text = read("out/dev/network/strata_override.tf");
    assert!(text.contains("\"eu-west-1\""), "{text}");
    assert!(text.contains("= var.strata_aws_secret_key"), "{text}");
    assert!(text.contains("tags = { \"stack\" = \"own\" }"), "{text}");
    assert!(read("out/dev/network/strata_variables.tf").contains("sensitive = true"));
    let inputs = read("out/dev/network/strata.auto.tfvars");
    assert!(inputs.contains("cidr = \"10.1.0.0/16\""), "{inputs}");
    assert!(inputs.contains("# strata_aws_secret_key: a secret"), "{inputs}");
    estate.fails(&["eject", "-override", "out"], "env-needed", "");
}

/// `tofu` and the configuration with the mirror of providers; none where they are not there, which is said.
pub(crate) fn parts(needed: &str) -> Option<(PathBuf, PathBuf)> {
    #[expect(clippy::disallowed_methods, reason = "a test finds its parts by the environment")]
    let variable = |name: &str| std::env::var_os(name).map(PathBuf::from);
    let cache = variable("XDG_CACHE_HOME").or_else(|| Some(variable("HOME")?.join(".cache")));
    let parts = variable("STRATA_PARTS").or_else(|| Some(cache?.join("strata-parts")))?;
    let tofu = parts.join("bin/tofu-1.12.6/tofu");
    let mirror = parts.join("providers");
    if !tofu.exists() || !mirror.join("registry.opentofu.org/hashicorp").join(needed).exists() {
        skipped(needed);
        return None;
    }
    Some((tofu, mirror))
}

#[expect(clippy::print_stderr, reason = "a test that is skipped says so")]
fn skipped(needed: &str) {
    eprintln!(
        "skipped: tofu_plans_the_same (no tofu 1.12.6 or provider {needed}: run `cargo xtask parts`)"
    );
}

fn run(program: &Path, dir: &Path, config: &Path, args: &[&str]) -> String {
    let ran = Command::new(program)
        .args(args)
        .current_dir(dir)
        .env("TF_CLI_CONFIG_FILE", config)
        .env("STRATA_TEST_KEY", "very-secret-key")
        .env("TF_VAR_strata_aws_secret_key", "very-secret-key")
        .env("NO_COLOR", "1")
        .output()
        .expect("it runs");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (out, err) = (text(&ran.stdout), text(&ran.stderr));
    assert!(ran.status.success(), "{} {}\n{out}\n{err}", program.display(), args.join(" "));
    // Documents show sensitive values, `tofu`'s as ours: they are for programs.
    let shows = out.contains("very-secret-key") || err.contains("very-secret-key");
    assert!(!shows || args[0] == "show", "a secret is shown: {}", args.join(" "));
    out
}

/// What a plan's document says will be, and its outputs.
fn planned(document: &str) -> (Value, Value) {
    let document: Value = serde_json::from_str(document).expect("JSON");
    let values = &document["planned_values"];
    (values["root_module"]["resources"].clone(), values["outputs"].clone())
}

#[test]
fn tofu_plans_the_same_with_what_is_ejected() {
    let Some((tofu, mirror)) = parts("aws") else { return };
    let estate = estate();
    let config = estate.path("mirror.tfrc");
    let text = format!(
        "provider_installation {{\n  filesystem_mirror {{\n    path = {:?}\n  }}\n}}\n",
        mirror.display().to_string()
    );
    std::fs::write(&config, text).expect("written");
    let root = estate.path("");
    let strata = Path::new(env!("CARGO_BIN_EXE_strata"));
    run(strata, &root, &config, &["init"]);
    assert!(estate.path(".terraform.lock.hcl").exists() && estate.path("locks/prod.hcl").exists());
    for (environment, region) in [("dev", "eu-west-1"), ("prod", "us-east-1")] {
        let address = format!("{environment}/network");
        run(strata, &root, &config, &["plan", "-out", "plan", &address]);
        let document = run(strata, &root, &config, &["show", "-json", "plan"]);
        let document: Value = serde_json::from_str(&document).expect("JSON");
        let (own, outputs) = planned(&document["stacks"][&address].to_string());
        run(strata, &root, &config, &["eject", "-override", "out", &address]);
        let folder = estate.path(&format!("out/{address}"));
        std::fs::copy(estate.path("network/main.tf"), folder.join("main.tf")).expect("copied");
        run(&tofu, &folder, &config, &["init", "-input=false"]);
        run(&tofu, &folder, &config, &["validate"]);
        run(&tofu, &folder, &config, &["plan", "-input=false", "-out=plan"]);
        let (theirs, their_outputs) =
            planned(&run(&tofu, &folder, &config, &["show", "-json", "plan"]));
        assert_eq!(own, theirs);
        assert_eq!(outputs["region"]["value"], region);
        assert_eq!(outputs, their_outputs);
        assert_eq!(own[0]["values"]["tags_all"]["stack"], "own");
    }
}
