//! The estate of `examples/acme` in a folder of the run's own, with what emulators need and nothing else changed.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::super::signing::make_key;
use super::world::World;

/// Those who sign, and the groups that each is in.
const SIGNERS: [(&str, &[&str]); 3] =
    [("ada", &["security"]), ("bo", &["platform"]), ("cy", &["databases", "shop", "search"])];

/// Whether approvals and limits bind in `dev`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Dev {
    /// As in the example: they warn.
    Open,
    /// As in `prod`.
    Protected,
}

/// The estate's folder and the program that works in it.
pub(super) struct Estate {
    /// The folder.
    pub(super) folder: PathBuf,
    strata: PathBuf,
    template: PathBuf,
    keys: PathBuf,
    environment: Vec<(String, String)>,
    cluster: String,
}

impl Estate {
    /// Makes the signers' keys and lays the estate.
    pub(super) fn new(
        root: &Path,
        folder: &Path,
        strata: PathBuf,
        world: &World,
    ) -> Result<Estate, String> {
        Estate::in_folder(root, folder, strata, world.environment()?, &world.cluster.host)
    }

    /// The same without any world: to be rehearsed.
    pub(super) fn rehearsed(root: &Path, folder: &Path, strata: PathBuf) -> Result<Estate, String> {
        let environment = [("NO_COLOR", "1"), ("ACME_LOCAL_TOKEN", "token")];
        let environment = environment.map(|(name, value)| (name.to_owned(), value.to_owned()));
        Estate::in_folder(root, folder, strata, environment.into(), "https://127.0.0.1:6443")
    }

    fn in_folder(
        root: &Path,
        folder: &Path,
        strata: PathBuf,
        environment: Vec<(String, String)>,
        cluster: &str,
    ) -> Result<Estate, String> {
        let keys = folder.join("keys");
        std::fs::create_dir_all(&keys).map_err(|e| e.to_string())?;
        for (name, _) in SIGNERS {
            make_key(&keys.join(name), name)?;
        }
        let estate = Estate {
            folder: folder.join("estate"),
            strata,
            template: root.join("examples/acme"),
            keys,
            environment,
            cluster: cluster.to_owned(),
        };
        estate.lay(Dev::Protected)?;
        Ok(estate)
    }

    /// Lays all files as the example has them; state and store stay.
    pub(super) fn lay(&self, dev: Dev) -> Result<(), String> {
        copy(&self.template, &self.folder)?;
        for (signer, groups) in SIGNERS {
            let public = std::fs::read_to_string(self.keys.join(format!("{signer}.pub")))
                .map_err(|e| e.to_string())?;
            let line = format!("{signer}@acme.example namespaces=\"strata-approval\" {public}");
            for group in groups {
                let file = self.folder.join(format!("groups/{group}.signers"));
                std::fs::write(file, &line).map_err(|e| e.to_string())?;
            }
        }
        let emulated = "environment \"dev\" {
  inputs = { boundary_required = false, administrators = [\"arn:aws:iam::111111111111:root\"] }

  provider \"aws\" {
    s3_use_path_style = true
  }
";
        let protected = if dev == Dev::Protected { "\n  protected = true\n" } else { "" };
        self.edit("strata.hcl", "environment \"dev\" {\n", &format!("{emulated}{protected}\n"))?;
        self.edit("strata.hcl", "https://127.0.0.1:6443", &self.cluster)?;
        if let Ok(id) = std::fs::read_to_string(self.folder.join(".estate-id")) {
            self.edit(
                "strata.hcl",
                "name  = \"acme\"\n",
                &format!("name  = \"acme\"\n  id    = \"{id}\"\n"),
            )?;
        }
        Ok(())
    }

    /// Puts a text in place of another, which must be there.
    pub(super) fn edit(&self, file: &str, old: &str, new: &str) -> Result<(), String> {
        let path = self.folder.join(file);
        let text = std::fs::read_to_string(&path).map_err(|e| format!("{file}: {e}"))?;
        if !text.contains(old) {
            return Err(format!("{file} does not say `{old}`"));
        }
        std::fs::write(&path, text.replacen(old, new, 1)).map_err(|e| e.to_string())
    }

    /// Signs a plan by each of the three; some of them with addresses of data that may go.
    pub(super) fn approve(&self, plan: &str, data: &[String]) -> Result<(), String> {
        for (signer, _) in SIGNERS {
            let key = self.keys.join(signer).display().to_string();
            let mut args = vec!["approve", plan, "-key", &key];
            for address in data {
                args.extend(["-destroy-data", address]);
            }
            self.run(&args, 0)?;
        }
        Ok(())
    }

    /// `strata init`; the id that it wrote is kept, since the file is laid again.
    pub(super) fn init(&self) -> Result<(), String> {
        self.init_for(&[])
    }

    /// The same with further arguments.
    pub(super) fn init_for(&self, args: &[&str]) -> Result<(), String> {
        self.run(&[&["init"], args].concat(), 0)?;
        let text =
            std::fs::read_to_string(self.folder.join("strata.hcl")).map_err(|e| e.to_string())?;
        let id = text.lines().find_map(|line| {
            let (name, value) = line.split_once('=')?;
            (name.trim() == "id").then(|| value.trim().trim_matches('"').to_owned())
        });
        let id = id.ok_or("`strata init` wrote no id into strata.hcl")?;
        std::fs::write(self.folder.join(".estate-id"), id).map_err(|e| e.to_string())
    }

    /// Runs `strata`; what it printed, where it ended with the code that is expected.
    pub(super) fn run(&self, args: &[&str], code: i32) -> Result<Output, String> {
        self.run_in(args, code, &[])
    }

    /// The same with further variables in its environment; an empty value takes one out.
    pub(super) fn run_in(
        &self,
        args: &[&str],
        code: i32,
        variables: &[(&str, &str)],
    ) -> Result<Output, String> {
        let mut command = Command::new(&self.strata);
        command.args(args).current_dir(&self.folder);
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        for (name, value) in variables {
            if value.is_empty() {
                command.env_remove(name);
            } else {
                command.env(name, value);
            }
        }
        let begun = std::time::Instant::now();
        let out = command.output().map_err(|e| e.to_string())?;
        let output = Output {
            printed: String::from_utf8_lossy(&out.stdout).into_owned(),
            said: String::from_utf8_lossy(&out.stderr).into_owned(),
        };
        let shown: Vec<&str> = args.iter().copied().take(4).collect();
        let more = if args.len() > 4 { format!(" +{}", args.len() - 4) } else { String::new() };
        let seconds = begun.elapsed().as_secs_f64();
        println!("  strata {}{more} ({seconds:.1} s)", shown.join(" "));
        if out.status.code() == Some(code) {
            return Ok(output);
        }
        let Output { printed, said } = output;
        Err(format!(
            "`strata {}` should end with {code}, got {}\n{printed}\n{said}",
            args.join(" "),
            out.status
        ))
    }

    /// Runs `strata`; what it printed, where it failed.
    pub(super) fn try_run(&self, args: &[&str]) -> Result<Option<Output>, String> {
        let mut command = Command::new(&self.strata);
        command.args(args).current_dir(&self.folder);
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        let out = command.output().map_err(|e| e.to_string())?;
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let failed = !out.status.success();
        Ok(failed.then(|| Output { printed: text(&out.stdout), said: text(&out.stderr) }))
    }

    /// Plans by the arguments; the plan's id and its page as JSON.
    pub(super) fn plan(&self, args: &[&str]) -> Result<(String, serde_json::Value), String> {
        let args = [&["plan", "-json"], args].concat();
        let printed = self.run(&args, 0)?.printed;
        let page: serde_json::Value =
            serde_json::from_str(&printed).map_err(|e| format!("{e}\n{printed}"))?;
        let id = page["plan"].as_str().or_else(|| page["plan"]["id"].as_str());
        Ok((id.ok_or_else(|| format!("no plan's id in {printed}"))?.to_owned(), page))
    }
}

/// What a run printed, for programs and for people.
pub(super) struct Output {
    /// Standard output.
    pub(super) printed: String,
    /// Standard error.
    pub(super) said: String,
}

fn copy(from: &Path, to: &Path) -> Result<(), String> {
    std::fs::create_dir_all(to).map_err(|e| e.to_string())?;
    for entry in std::fs::read_dir(from).map_err(|e| e.to_string())? {
        let path = entry.map_err(|e| e.to_string())?.path();
        let name = path.file_name().unwrap_or_default();
        if name == ".strata" || name == ".terraform" {
            continue;
        }
        let target = to.join(name);
        if path.is_dir() {
            copy(&path, &target)?;
        } else {
            std::fs::copy(&path, &target).map_err(|e| e.to_string())?;
        }
    }
    Ok(())
}
