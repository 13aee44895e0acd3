//! Planning and applying under identities of their own, on an emulator that enforces IAM, with the real provider: the role
//! to plan may not make what the role to apply makes.

use std::path::Path;
use std::process::Command;

use crate::cloud::{ACCOUNT, Cloud, ministack};
use crate::settings::parts;
use crate::support::Estate;

const ESTATE: &str = r#"
estate {
  name = "acme"

  provider "aws" {
    region            = "eu-west-1"
      skip_metadata_api_check = true
  }
  credentials "aws" {
    plan_role  = "arn:aws:iam::${env.account}:role/${self.name}-plan"
    apply_role = "arn:aws:iam::${env.account}:role/${self.name}-apply"
  }
}

layer "identity" {}
layer "infrastructure" {}

environment "dev" {
  values = { account = "111111111111" }
}

stack "topic" {
  layer  = "infrastructure"
  source = "./topic"
}
"#;

const TOPIC: &str = r#"
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

data "aws_caller_identity" "planner" {}

resource "aws_sns_topic" "main" {
  name = "identities-of-their-own"
}

output "planner" {
  value = data.aws_caller_identity.planner.arn
}
"#;

const READS: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["sns:Get*","sns:List*","sts:*"],"Resource":"*"}]}"#;
const WRITES: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["sns:*","sts:*"],"Resource":"*"}]}"#;

struct World {
    estate: Estate,
    cloud: Cloud,
}

impl World {
    /// Runs the program as the account's root: its code, and what it printed.
    fn strata(&self, args: &[&str]) -> (i32, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_strata"));
        for name in ["AWS_SESSION_TOKEN", "AWS_PROFILE", "HTTP_PROXY", "http_proxy"] {
            command.env_remove(name);
        }
        let ran = command
            .args(args)
            .current_dir(self.estate.path(""))
            .env("TF_CLI_CONFIG_FILE", self.estate.path("mirror.tfrc"))
            .env("NO_COLOR", "1")
            .env("AWS_ACCESS_KEY_ID", ACCOUNT)
            .env("AWS_SECRET_ACCESS_KEY", "test")
            .env("AWS_ENDPOINT_URL", &self.cloud.url)
            .output()
            .expect("it runs");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (ran.status.code().unwrap_or(-1), text(&ran.stdout) + &text(&ran.stderr))
    }

    fn expect(&self, args: &[&str], code: i32) -> String {
        let (ended, said) = self.strata(args);
        assert_eq!(ended, code, "strata {}\n{said}", args.join(" "));
        said
    }
}

fn world() -> Option<World> {
    let (_, mirror) = parts("aws")?;
    let program = ministack()?;
    let estate = Estate::of(&[("strata.hcl", ESTATE), ("topic/main.tf", TOPIC)]);
    estate.write("mirror.tfrc", &mirror_text(&mirror));
    Some(World { estate, cloud: Cloud::start(&program) })
}

fn mirror_text(mirror: &Path) -> String {
    let path = mirror.display().to_string();
    format!("provider_installation {{\n  filesystem_mirror {{\n    path = {path:?}\n  }}\n}}\n")
}

#[test]
fn a_plan_reads_as_one_role_and_an_apply_writes_as_another() {
    let Some(world) = world() else { return };
    world.cloud.make_role("topic-plan", READS);
    world.cloud.make_role("topic-apply", WRITES);
    world.expect(&["init"], 0);
    world.expect(&["apply", "-auto-approve"], 0);
    let planner = world.expect(&["output", "-raw", "dev/topic", "planner"], 0);
    assert!(planner.contains(":assumed-role/topic-plan/strata-dev-topic"), "{planner}");
    world.expect(&["plan", "-detailed-exitcode"], 0);
    // The role to plan may not delete: with it in the place of the other nothing is destroyed.
    world.estate.edit("strata.hcl", "role/${self.name}-apply", "role/${self.name}-plan");
    let said = world.expect(&["destroy", "-auto-approve"], 1);
    let denied =
        ":assumed-role/topic-plan/strata-dev-topic is not authorized to perform: sns:DeleteTopic";
    assert!(said.contains(denied), "{said}");
    world.estate.edit(
        "strata.hcl",
        "apply_role = \"arn:aws:iam::${env.account}:role/${self.name}-plan",
        "apply_role = \"arn:aws:iam::${env.account}:role/${self.name}-apply",
    );
    world.expect(&["destroy", "-auto-approve"], 0);
}

#[test]
fn a_new_stack_is_planned_before_its_role_is_there() {
    let Some(world) = world() else { return };
    world.expect(&["init"], 0);
    let plan = world.expect(&["plan"], 0);
    assert!(plan.contains("[credentials-absent]"), "{plan}");
    assert!(
        plan.contains("its role arn:aws:iam::111111111111:role/topic-plan does not exist yet"),
        "{plan}"
    );
    assert!(plan.contains("1 to add"), "{plan}");
}
