//! The estate that the pipelines run: in a folder of a repository that a bare one is the forge's copy of.
//!
//! A store that all runs reach, two environments, of which the second is protected and comes after the first.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::super::signing::make_key;
use super::{Kind, World, said};

/// The estate's folder in the repository.
pub(super) const FOLDER: &str = "infra";
/// What opens the store.
pub(super) const SEAL: &str = "7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f";

/// The repository and who works in it.
pub(super) struct Estate {
    /// A clone in which people work.
    pub(super) clone: PathBuf,
    /// The folder of the forge's bare copies.
    pub(super) server: PathBuf,
    /// Keys of those who sign: `person`, and `pipeline`.
    pub(super) keys: PathBuf,
    environment: Vec<(String, String)>,
    strata: PathBuf,
}

impl Estate {
    /// Lays it and commits it; the store is made.
    pub(super) fn new(world: &World, kind: Kind, folder: &Path) -> Result<Estate, String> {
        let keys = folder.join("keys");
        std::fs::create_dir_all(&keys).map_err(|e| e.to_string())?;
        for name in ["person", "pipeline"] {
            make_key(&keys.join(name), name)?;
        }
        let estate = Estate {
            clone: folder.join("clone"),
            server: folder.join("server"),
            keys,
            environment: environment(world, folder)?,
            strata: world.strata.clone(),
        };
        let bare = estate.server.join("acme/infra");
        std::fs::create_dir_all(&bare).map_err(|e| e.to_string())?;
        said(Command::new("git").args(["init", "-q", "--bare", "-b", "main"]).arg(&bare))?;
        // A forge gives out commits that no branch has: heads of pull requests by their ids.
        said(Command::new("git").arg("-C").arg(&bare).args([
            "config",
            "uploadpack.allowAnySHA1InWant",
            "true",
        ]))?;
        said(Command::new("git").args(["clone", "-q"]).arg(&bare).arg(&estate.clone))?;
        estate.git(&["checkout", "-q", "-b", "main"])?;
        estate.lay(world, kind, folder)?;
        estate.strata(&["init"])?;
        estate.strata(&["ci", kind.word()])?;
        estate.strata(&["ci", kind.word(), "-check"])?;
        estate.strata(&["ci", "codeowners"])?;
        estate.commit("the estate")?;
        estate.git(&["push", "-q", "origin", "main"])?;
        Ok(estate)
    }

    fn lay(&self, world: &World, kind: Kind, folder: &Path) -> Result<(), String> {
        let network = match world.cloud {
            Some(_) => NETWORK_AWS,
            None => NETWORK,
        };
        for (path, text) in [
            (".gitignore", ".terraform/\n.strata/\n"),
            ("stacks/network/main.tf", network),
            ("stacks/app/main.tf", APP),
        ] {
            // One cloud holds what all three make.
            self.write(path, &text.replace("@KIND@", kind.word()))?;
        }
        let signer = |name: &str| {
            let public = std::fs::read_to_string(self.keys.join(format!("{name}.pub")));
            public.map(|text| format!("{name}@acme.example namespaces=\"strata-approval\" {text}"))
        };
        let signers = signer("person").and_then(|one| Ok(one + &signer("pipeline")?));
        self.write("groups/platform.signers", &signers.map_err(|e| e.to_string())?)?;
        let checksum = said(Command::new("sha256sum").arg(&self.strata))?;
        let checksum = checksum.split(' ').next().unwrap_or_default().to_owned();
        let text = STRATA_HCL
            .replace("@STORE@", &folder.join("estate.db").display().to_string())
            .replace("@PROGRAM@", &self.strata.display().to_string())
            .replace("@CHECKSUM@", &checksum)
            .replace("@APPROVAL@", if kind == Kind::GitLab { "signature" } else { "environment" })
            .replace("@SCANNING@", if kind == Kind::GitHub { "true" } else { "false" })
            .replace("@AWS@", if world.cloud.is_some() { AWS } else { "" })
            .replace("@TRUST@", if world.cloud.is_some() { TRUST } else { "" });
        self.write("strata.hcl", &text)
    }

    /// Writes a file of the estate's folder.
    pub(super) fn write(&self, path: &str, text: &str) -> Result<(), String> {
        let file = self.clone.join(FOLDER).join(path);
        let folder = file.parent().unwrap_or(&file);
        std::fs::create_dir_all(folder).map_err(|e| e.to_string())?;
        std::fs::write(&file, text).map_err(|e| format!("{path}: {e}"))
    }

    /// Puts a text in place of another, which must be there.
    pub(super) fn edit(&self, path: &str, old: &str, new: &str) -> Result<(), String> {
        let file = self.clone.join(FOLDER).join(path);
        let text = std::fs::read_to_string(&file).map_err(|e| format!("{path}: {e}"))?;
        if !text.contains(old) {
            return Err(format!("{path} does not say `{old}`"));
        }
        self.write(path, &text.replacen(old, new, 1))
    }

    /// Commits all; tells the commit's id.
    pub(super) fn commit(&self, message: &str) -> Result<String, String> {
        self.git(&["add", "-A"])?;
        self.git(&[
            "-c",
            "user.name=dev",
            "-c",
            "user.email=dev@acme.example",
            "commit",
            "-q",
            "-m",
            message,
        ])?;
        self.id("HEAD")
    }

    /// The id of a commit.
    pub(super) fn id(&self, name: &str) -> Result<String, String> {
        self.git(&["rev-parse", name]).map(|text| text.trim().to_owned())
    }

    /// Git in the clone.
    pub(super) fn git(&self, args: &[&str]) -> Result<String, String> {
        said(Command::new("git").arg("-C").arg(&self.clone).args(args))
    }

    /// `strata` in the clone, by hand.
    pub(super) fn strata(&self, args: &[&str]) -> Result<String, String> {
        let mut command = Command::new(&self.strata);
        command.args(args).current_dir(self.clone.join(FOLDER));
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        said(&mut command)
    }

    /// What a run's machine sets, whatever the pipeline.
    pub(super) fn machine(&self) -> &[(String, String)] {
        &self.environment
    }
}

/// The environment of people and of machines: no credentials but, for people, what opens the store.
fn environment(world: &World, folder: &Path) -> Result<Vec<(String, String)>, String> {
    let config = crate::parts::mirror_config(&world.parts)?.display().to_string();
    let token = folder.join("person.token");
    std::fs::write(&token, "a-token-of-a-person").map_err(|e| e.to_string())?;
    let mut set = vec![
        ("TF_CLI_CONFIG_FILE".to_owned(), config),
        ("NO_COLOR".to_owned(), "1".to_owned()),
        ("STRATA_SEAL".to_owned(), SEAL.to_owned()),
    ];
    if let Some(endpoint) = &world.cloud {
        for (name, value) in [
            ("AWS_ENDPOINT_URL", endpoint.as_str()),
            ("AWS_REGION", "eu-west-1"),
            ("AWS_EC2_METADATA_DISABLED", "true"),
            ("AWS_ROLE_ARN", "arn:aws:iam::111111111111:role/person"),
            ("AWS_WEB_IDENTITY_TOKEN_FILE", &token.display().to_string()),
        ] {
            set.push((name.to_owned(), value.to_owned()));
        }
    }
    Ok(set)
}

const STRATA_HCL: &str = r#"estate {
  name  = "acme"
  store = "sqlite:@STORE@"
  seal  = "env:STRATA_SEAL"
@AWS@}

pull_requests {
  environment = ["AWS_ENDPOINT_URL", "AWS_EC2_METADATA_DISABLED"]
}

group "platform" { signers = "groups/platform.signers" }

layer "base" { owners = ["platform"] }
layer "apps" { owners = ["platform"] }

environment "dev" {
  values = { account = "111111111111" }
}

environment "prod" {
  protected = true
  after     = ["dev"]
  values    = { account = "222222222222" }
}

secret "greeting" { env = "GREETING" }

stack "network" {
  layer  = "base"
  source = "./stacks/network"
  inputs = { env = env.name, size = "small" }
}

stack "app" {
  layer  = "apps"
  source = "./stacks/app"
  inputs = { network = stack.network.id }
}

ci {
  download      = "file://@PROGRAM@"
  checksum      = "@CHECKSUM@"
  approval      = "@APPROVAL@"
  drift         = "17 4 * * 1-5"
  repository    = "acme/infra"
  code_scanning = @SCANNING@
  owners        = { platform = "@acme/platform" }
@TRUST@}
"#;

const AWS: &str = r#"
  provider "aws" {
    region = "eu-west-1"
  }
  credentials "aws" {
    plan_role  = "arn:aws:iam::${env.account}:role/strata/${self.name}-plan"
    apply_role = "arn:aws:iam::${env.account}:role/strata/${self.name}-apply"
  }
"#;

const TRUST: &str = r#"
  trust "aws" {
    plan_role  = "arn:aws:iam::${env.account}:role/strata-ci/${estate.name}-${env.name}-ci-plan"
    apply_role = "arn:aws:iam::${env.account}:role/strata-ci/${estate.name}-${env.name}-ci-apply"
  }
"#;

const NETWORK_AWS: &str = r#"terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

variable "env" { type = string }
variable "size" { type = string }

resource "aws_sqs_queue" "main" {
  name = "${var.env}-orders-@KIND@"
  tags = { size = var.size }
}

output "id" { value = aws_sqs_queue.main.id }
"#;

const NETWORK: &str = r#"terraform {
  required_providers {
    random = { source = "hashicorp/random" }
  }
}

variable "env" { type = string }
variable "size" { type = string }

resource "random_pet" "main" {
  prefix  = var.env
  keepers = { env = var.env }
}

resource "terraform_data" "size" {
  input = var.size
}

output "id" { value = random_pet.main.id }
"#;

const APP: &str = r#"variable "network" { type = string }

resource "terraform_data" "main" {
  input = var.network
}
"#;
