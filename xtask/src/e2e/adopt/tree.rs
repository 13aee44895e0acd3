//! The trees, laid and run.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use super::cloud::Cloud;
use serde_json::Value;

/// A tree of `xtask/e2e/adopt`.
pub(super) struct Tree {
    pub(super) name: &'static str,
    /// The folder within it that is adopted.
    pub(super) live: &'static str,
    /// Folders within that in which `terragrunt` runs everything.
    runs: &'static [&'static str],
    pub(super) units: usize,
    pub(super) stacks: usize,
    pub(super) environments: &'static [&'static str],
    /// A text of the estate file, and one that changes a resource in the first environment.
    pub(super) change: (&'static str, &'static str),
}

/// All of them. `live` is like the public live example: two accounts, two regions, three environments.
pub(super) const TREES: &[Tree] = &[
    Tree {
        name: "live",
        live: "live",
        runs: &["."],
        units: 8,
        stacks: 2,
        environments: &["qa", "stage", "prod"],
        change: ("db.t3.micro", "db.t3.medium"),
    },
    Tree {
        name: "flat",
        live: ".",
        runs: &["dev", "prod"],
        units: 4,
        stacks: 2,
        environments: &["dev", "prod"],
        change: ("stage = \"dev\"", "stage = \"development\""),
    },
    Tree {
        name: "hub",
        live: ".",
        runs: &["."],
        units: 5,
        stacks: 3,
        environments: &["dev", "prod", "shared"],
        change: ("replicas = 1", "replicas = 2"),
    },
];

/// The programs that are run.
pub(super) struct Programs {
    strata: PathBuf,
    tofu: PathBuf,
    terragrunt: PathBuf,
    cli_config: PathBuf,
}

impl Programs {
    /// Those of the parts cache.
    pub(super) fn find(parts: &Path, strata: PathBuf) -> Result<Programs, String> {
        let part = |name: &str, version: &str| {
            let path = parts.join(format!("bin/{name}-{version}/{name}"));
            match path.exists() {
                true => Ok(path),
                false => {
                    Err(format!("{name} {version} is not there: run `cargo xtask parts {name}`"))
                }
            }
        };
        Ok(Programs {
            strata,
            tofu: part("tofu", "1.12.6")?,
            terragrunt: part("terragrunt", "1.1.3")?,
            cli_config: crate::parts::mirror_config(parts)?,
        })
    }
}

/// A tree in a folder of the run.
pub(super) struct Laid<'l> {
    root: PathBuf,
    /// The folder that is adopted.
    pub(super) dir: PathBuf,
    cloud: Option<&'l Cloud>,
    programs: &'l Programs,
}

impl Tree {
    /// Copies the tree, with what belongs to the cloud that there is laid over it.
    pub(super) fn lay<'l>(
        &self,
        templates: &Path,
        folder: &Path,
        cloud: Option<&'l Cloud>,
        programs: &'l Programs,
    ) -> Result<Laid<'l>, String> {
        let root = folder.join(self.name);
        copy(&templates.join(self.name), &root)?;
        let s3 = cloud.map(|_| "s3");
        let aws = cloud.filter(|cloud| cloud.has_provider).map(|_| "aws");
        for part in s3.into_iter().chain(aws) {
            let overlay = templates.join(format!("{}-{part}", self.name));
            if overlay.exists() {
                copy(&overlay, &root)?;
            }
        }
        let dir = root.join(self.live);
        Ok(Laid { root, dir, cloud, programs })
    }
}

impl Laid<'_> {
    /// Has `terragrunt` apply the tree.
    pub(super) fn terragrunt(&self, tree: &Tree) -> Result<(), String> {
        for run in tree.runs {
            let mut command = Command::new(&self.programs.terragrunt);
            command.args(["run", "--all", "--non-interactive", "--no-color", "apply"]);
            command.env("TG_TF_PATH", &self.programs.tofu);
            // Its cache of providers is shared by units that run side by side, and not locked.
            command.env("TG_NO_AUTO_PROVIDER_CACHE_DIR", "true");
            let out = self.ran(command, &self.dir.join(run))?;
            if !out.status.success() {
                let said = String::from_utf8_lossy(&out.stderr);
                return Err(format!("terragrunt in {}/{run}: {said}", tree.name));
            }
        }
        Ok(())
    }

    /// The states that `terragrunt` made, by where they are.
    pub(super) fn states(&self, tree: &Tree) -> Result<BTreeMap<String, String>, String> {
        let mut found = BTreeMap::new();
        files(&self.root, &mut found)?;
        if let Some(cloud) = self.cloud.filter(|_| tree.name == "live") {
            let mut keys = Vec::new();
            keys_of(&self.dir, &self.dir, &mut keys)?;
            for key in keys {
                found.extend(cloud.state(&key).map(|text| (key, text)));
            }
        }
        Ok(found)
    }

    /// The option that names `tofu`.
    pub(super) fn tofu_option(&self) -> String {
        format!("-tofu={}", self.programs.tofu.display())
    }

    /// What `strata` printed, where it ended with the code that is expected.
    pub(super) fn text(&self, args: &[&str], code: i32) -> Result<String, String> {
        let mut command = Command::new(&self.programs.strata);
        command.args(args).env("NO_COLOR", "1");
        let out = self.ran(command, &self.dir)?;
        let printed = String::from_utf8_lossy(&out.stdout).into_owned();
        if out.status.code() == Some(code) {
            return Ok(printed);
        }
        let said = String::from_utf8_lossy(&out.stderr);
        let ended = out.status;
        Err(format!("strata {}: expected {code}, got {ended}\n{printed}\n{said}", args.join(" ")))
    }

    /// The same as a document.
    pub(super) fn strata(&self, args: &[&str], code: i32) -> Result<Value, String> {
        let printed = self.text(args, code)?;
        serde_json::from_str(&printed)
            .map_err(|e| format!("strata {}: {e}\n{printed}", args.join(" ")))
    }

    fn ran(&self, mut command: Command, dir: &Path) -> Result<Output, String> {
        command.current_dir(dir).env("TF_CLI_CONFIG_FILE", &self.programs.cli_config);
        command.env("AWS_ACCESS_KEY_ID", "test").env("AWS_SECRET_ACCESS_KEY", "test");
        if let Some(cloud) = self.cloud {
            command.env("STATE_ENDPOINT", &cloud.endpoint).env("AWS_ENDPOINT_URL", &cloud.endpoint);
        }
        command.output().map_err(|e| format!("{:?}: {e}", command.get_program()))
    }
}

/// State files beneath a folder, what tools keep for themselves left out.
fn files(folder: &Path, found: &mut BTreeMap<String, String>) -> Result<(), String> {
    for entry in std::fs::read_dir(folder).map_err(|e| e.to_string())? {
        let path = entry.map_err(|e| e.to_string())?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() && !matches!(&*name, ".terragrunt-cache" | ".terraform" | ".strata") {
            files(&path, found)?;
        } else if name.ends_with(".tfstate") {
            let text = std::fs::read_to_string(&path).map_err(|e| e.to_string())?;
            found.insert(path.display().to_string(), text);
        }
    }
    Ok(())
}

/// The keys under which the units of `live` keep their states.
fn keys_of(base: &Path, folder: &Path, keys: &mut Vec<String>) -> Result<(), String> {
    for entry in std::fs::read_dir(folder).map_err(|e| e.to_string())? {
        let path = entry.map_err(|e| e.to_string())?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() && !name.starts_with('.') {
            keys_of(base, &path, keys)?;
        } else if name == "terragrunt.hcl" {
            let unit = folder.strip_prefix(base).unwrap_or(folder).display().to_string();
            let account = unit.split('/').next().unwrap_or_default();
            keys.push(format!("{account}-{unit}/terraform.tfstate"));
        }
    }
    Ok(())
}

fn copy(from: &Path, to: &Path) -> Result<(), String> {
    std::fs::create_dir_all(to).map_err(|e| e.to_string())?;
    for entry in std::fs::read_dir(from).map_err(|e| e.to_string())? {
        let path = entry.map_err(|e| e.to_string())?.path();
        let target = to.join(path.file_name().unwrap_or_default());
        if path.is_dir() {
            copy(&path, &target)?;
        } else {
            std::fs::copy(&path, &target).map_err(|e| e.to_string())?;
        }
    }
    Ok(())
}
