//! `cargo xtask e2e blueprints`: an estate of each cloud, whose root modules `tofu validate` reads, where their providers
//! are on this machine; the others are named.
//!
//! Invariant: a root module is skipped only for a provider that is not here; all else that `tofu` finds fails the run.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Runs it.
pub(crate) fn run(root: &Path) -> Result<(), String> {
    let cache = crate::parts::cache();
    let tofu = cache.join("bin/tofu-1.12.6/tofu");
    if !tofu.exists() {
        println!(
            "blueprints: skipped: tofu is not on this machine: `cargo xtask parts tofu` brings it"
        );
        return Ok(());
    }
    let strata = super::first_light::build(root)?;
    let config = crate::parts::mirror_config(&cache)?;
    let folder = std::env::temp_dir().join(format!("strata-blueprints-{}", std::process::id()));
    std::fs::create_dir_all(&folder).map_err(|e| e.to_string())?;
    let run = Run { strata, tofu, config, folder };
    let ended = ["aws", "azure", "gcp"].iter().try_for_each(|cloud| run.cloud(cloud));
    let _ = std::fs::remove_dir_all(&run.folder);
    ended
}

struct Run {
    strata: PathBuf,
    tofu: PathBuf,
    config: PathBuf,
    folder: PathBuf,
}

impl Run {
    fn cloud(&self, cloud: &str) -> Result<(), String> {
        let name = format!("e2e-{cloud}");
        let mut new = Command::new(&self.strata);
        new.args(["new", &name, "-cloud", cloud]).current_dir(&self.folder);
        said(&mut new)?;
        let estate = self.folder.join(&name);
        said(Command::new(&self.strata).arg("validate").current_dir(&estate))?;
        let stacks = estate.join("stacks");
        let mut names: Vec<PathBuf> = std::fs::read_dir(&stacks)
            .map_err(|e| format!("{}: {e}", stacks.display()))?
            .flatten()
            .map(|entry| entry.path())
            .filter(|path| path.is_dir())
            .collect();
        names.sort();
        let mut valid = 0;
        let mut lacking = BTreeSet::new();
        for stack in &names {
            match self.stack(stack)? {
                None => valid += 1,
                Some(provider) => {
                    let name = stack.file_name().unwrap_or_default().to_string_lossy();
                    lacking.insert(format!("{name} ({provider})"));
                }
            }
        }
        println!("  {cloud}: tofu validate agrees on {valid} root modules of {}", names.len());
        if !lacking.is_empty() {
            let list: Vec<String> = lacking.into_iter().collect();
            println!("  {cloud}: skipped, for a provider that is not here: {}", list.join(", "));
        }
        Ok(())
    }

    /// Whether a root module is valid; the provider that is not here.
    fn stack(&self, stack: &Path) -> Result<Option<String>, String> {
        let tofu = |args: &[&str]| {
            let mut command = Command::new(&self.tofu);
            command.args(args).arg("-no-color").current_dir(stack);
            command.env("TF_CLI_CONFIG_FILE", &self.config);
            said(&mut command)
        };
        if let Err(message) = tofu(&["init", "-backend=false", "-input=false"]) {
            return lacking(&message).map(Some).ok_or(message);
        }
        let validated = tofu(&["validate"]);
        let _ = std::fs::remove_dir_all(stack.join(".terraform"));
        validated.map(|_| None)
    }
}

/// The provider that `tofu init` did not find in the mirror, or not in a version that is asked for.
fn lacking(message: &str) -> Option<String> {
    let about =
        ["Failed to resolve provider packages", "Failed to query available provider packages"]
            .iter()
            .find_map(|head| message.split_once(head))?
            .1;
    let words: Vec<&str> = about.split_whitespace().collect();
    let at = words.iter().position(|word| *word == "provider")?;
    let name = words.get(at + 1)?.trim_end_matches([':', ',']);
    Some(name.rsplit('/').next().unwrap_or(name).to_owned())
}

/// What a program said; an error where it failed.
fn said(command: &mut Command) -> Result<String, String> {
    let out = command.output().map_err(|e| format!("{command:?}: {e}"))?;
    let text =
        format!("{}{}", String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr));
    if out.status.success() {
        Ok(text)
    } else {
        Err(format!("{command:?}: {}\n{text}", out.status))
    }
}

#[cfg(test)]
mod tests {
    use super::lacking;

    #[test]
    fn a_provider_that_is_not_here_is_named() {
        let message = "Error: Failed to query available provider packages\n\nCould not retrieve the list of available \
            versions for provider hashicorp/azurerm: provider registry.x/hashicorp/azurerm was not found";
        assert_eq!(lacking(message).as_deref(), Some("azurerm"));
        let message = "Error: Failed to resolve provider packages\n\nCould not resolve provider hashicorp/kubernetes: no \
            available releases match";
        assert_eq!(lacking(message).as_deref(), Some("kubernetes"));
        assert_eq!(lacking("Error: Unsupported argument"), None);
    }
}
