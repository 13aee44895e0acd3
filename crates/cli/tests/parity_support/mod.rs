//! Running two programs in folders of their own, and comparing their documents.

#![expect(clippy::disallowed_methods, reason = "a test finds its parts by the environment")]

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// The parts cache.
pub(crate) fn parts() -> PathBuf {
    if let Some(set) = std::env::var_os("STRATA_PARTS") {
        return PathBuf::from(set);
    }
    let home = std::env::var_os("HOME").map(PathBuf::from).unwrap_or_default();
    std::env::var_os("XDG_CACHE_HOME")
        .map_or_else(|| home.join(".cache"), PathBuf::from)
        .join("strata-parts")
}

/// The peer, and the configuration that takes providers from the parts cache; or what is missing and how to get it.
pub(crate) fn tofu_and_mirror() -> Result<(PathBuf, PathBuf), String> {
    let cache = parts();
    let tofu = cache.join("bin/tofu-1.12.6/tofu");
    if !tofu.exists() {
        return Err("needs tofu 1.12.6: run `cargo xtask parts`".into());
    }
    let mirror = cache.join("providers");
    for provider in ["random", "local", "time"] {
        if !mirror.join("registry.opentofu.org/hashicorp").join(provider).exists() {
            return Err(format!("needs the provider {provider}: run `cargo xtask parts`"));
        }
    }
    let text = format!(
        "provider_installation {{\n  filesystem_mirror {{\n    path = {:?}\n  }}\n}}\n",
        mirror.display().to_string()
    );
    let config = cache.join("mirror.tfrc");
    fs::write(&config, text).map_err(|e| format!("{}: {e}", config.display()))?;
    Ok((tofu, config))
}

/// A program and the folder it works in.
pub(crate) struct Peer {
    program: PathBuf,
    folder: PathBuf,
    cli_config: PathBuf,
}

impl Peer {
    /// A program in a new folder.
    pub(crate) fn new(program: PathBuf, folder: PathBuf, cli_config: PathBuf) -> Peer {
        fs::create_dir_all(&folder).expect("a folder");
        Peer { program, folder, cli_config }
    }

    /// Lays the files of a step in place of those of the step before.
    pub(crate) fn lay(&self, step: &Path) {
        clear(&self.folder);
        copy(step, &self.folder);
    }

    /// Runs the program; what it wrote to standard output, or what it said where it failed.
    pub(crate) fn run(&self, args: &[&str]) -> Result<String, String> {
        let out = Command::new(&self.program)
            .args(args)
            .current_dir(&self.folder)
            .env("TF_CLI_CONFIG_FILE", &self.cli_config)
            .env("NO_COLOR", "1")
            .output()
            .map_err(|e| e.to_string())?;
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        if out.status.success() {
            return Ok(text(&out.stdout));
        }
        let name = self.program.file_name().unwrap_or_default().to_string_lossy();
        Err(format!(
            "{name} {}: {}\n{}{}",
            args.join(" "),
            out.status,
            text(&out.stdout),
            text(&out.stderr)
        ))
    }

    /// The bytes of the state.
    pub(crate) fn state_bytes(&self) -> Vec<u8> {
        fs::read(self.folder.join("terraform.tfstate")).expect("a state")
    }

    /// The state, parsed.
    pub(crate) fn state(&self) -> Value {
        serde_json::from_slice(&self.state_bytes()).expect("a state is JSON")
    }

    /// Puts another state in place.
    pub(crate) fn replace_state(&self, bytes: &[u8]) {
        fs::write(self.folder.join("terraform.tfstate"), bytes).expect("written");
    }
}

/// Removes configuration, keeps state, data folder and lock file.
fn clear(folder: &Path) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() && matches!(name.as_str(), "m" | "inner") {
            fs::remove_dir_all(&path).expect("removed");
        } else if name.ends_with(".tf") {
            fs::remove_file(&path).expect("removed");
        }
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder") {
        let path = entry.expect("an entry").path();
        let target = to.join(path.file_name().unwrap_or_default());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).expect("copied");
        }
    }
}

/// Text as JSON.
pub(crate) fn document(text: &str) -> Result<Value, String> {
    serde_json::from_str(text).map_err(|e| format!("no JSON: {e}\n{text}"))
}

/// Compares two documents after masking what is random.
pub(crate) fn assert_same(what: &str, ours: &Value, theirs: &Value) -> Result<(), String> {
    let ours = Mask::default().apply(ours);
    let theirs = Mask::default().apply(theirs);
    match difference("", &ours, &theirs) {
        None => Ok(()),
        Some(text) => Err(format!("{what}\n{text}")),
    }
}

/// The first place at which two documents differ.
fn difference(path: &str, ours: &Value, theirs: &Value) -> Option<String> {
    match (ours, theirs) {
        (Value::Object(a), Value::Object(b)) => {
            let mut keys: Vec<&String> = a.keys().chain(b.keys()).collect();
            keys.sort();
            keys.dedup();
            keys.iter().find_map(|key| match (a.get(*key), b.get(*key)) {
                (Some(x), Some(y)) => difference(&format!("{path}.{key}"), x, y),
                (x, y) => Some(format!("at {path}.{key}\n  ours:   {x:?}\n  theirs: {y:?}")),
            })
        }
        (Value::Array(a), Value::Array(b)) => {
            if a.len() != b.len() {
                return Some(format!(
                    "at {path}: {} and {} elements\n  ours:   {ours}\n  theirs: {theirs}",
                    a.len(),
                    b.len()
                ));
            }
            a.iter()
                .zip(b)
                .enumerate()
                .find_map(|(i, (x, y))| difference(&format!("{path}[{i}]"), x, y))
        }
        _ if ours == theirs => None,
        _ => Some(format!("at {path}\n  ours:   {ours}\n  theirs: {theirs}")),
    }
}

/// Replaces what is random: UUIDs by their number, values of `random` by a word.
#[derive(Default)]
struct Mask {
    uuids: HashMap<String, usize>,
}

/// Attributes of the provider `random` whose values differ between runs.
const RANDOM: [&str; 4] = ["id", "result", "bcrypt_hash", "rnd_name"];

impl Mask {
    fn apply(&mut self, value: &Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.text(text)),
            Value::Array(items) => {
                Value::Array(items.iter().map(|item| self.apply(item)).collect())
            }
            Value::Object(members) => {
                let random = ["type", "name"].iter().any(|key| {
                    members
                        .get(*key)
                        .and_then(Value::as_str)
                        .is_some_and(|kind| kind.starts_with("random_"))
                });
                let mut sorted: Vec<(&String, &Value)> = members.iter().collect();
                sorted.sort_by_key(|(key, _)| *key);
                let masked = sorted.into_iter().map(|(key, member)| {
                    let masked = match key.as_str() {
                        _ if random => masked_random(member, true),
                        "rnd_name" => masked_random(member, false),
                        _ => member.clone(),
                    };
                    (key.clone(), self.apply(&masked))
                });
                Value::Object(masked.collect())
            }
            other => other.clone(),
        }
    }

    fn text(&mut self, text: &str) -> String {
        let mut out = String::new();
        let mut rest = text;
        while let Some(at) = (0..rest.len()).find(|at| is_uuid_at(rest, *at)) {
            out.push_str(&rest[..at]);
            let next = self.uuids.len();
            let number = *self.uuids.entry(rest[at..at + 36].to_owned()).or_insert(next);
            out.push_str(&format!("<uuid {number}>"));
            rest = &rest[at + 36..];
        }
        out + rest
    }
}

/// The document with the strings and numbers of random attributes masked.
fn masked_random(value: &Value, named_only: bool) -> Value {
    match value {
        Value::Object(members) => Value::Object(
            members
                .iter()
                .map(|(key, member)| {
                    let random = RANDOM.contains(&key.as_str()) || !named_only && key == "value";
                    let masked = match member {
                        Value::String(_) | Value::Number(_) if random => {
                            Value::String("<random>".into())
                        }
                        other => masked_random(other, named_only),
                    };
                    (key.clone(), masked)
                })
                .collect(),
        ),
        Value::Array(items) => {
            Value::Array(items.iter().map(|item| masked_random(item, named_only)).collect())
        }
        Value::String(_) if !named_only => Value::String("<random>".into()),
        other => other.clone(),
    }
}

fn is_uuid_at(text: &str, at: usize) -> bool {
    let Some(bytes) = text.as_bytes().get(at..at + 36) else { return false };
    bytes.iter().enumerate().all(|(i, byte)| match i {
        8 | 13 | 18 | 23 => *byte == b'-',
        _ => byte.is_ascii_digit() || (b'a'..=b'f').contains(byte),
    })
}
