//! The jobs of a pipeline, read from the file as it was written: variables, credentials and scripts of each step.
//!
//! YAML is read by a real reader of YAML, the one that the schemas' part brings. Invariant: a script is taken as a runner
//! would take it, no byte changed.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use super::forge::IDENTITY;
use super::{Kind, jenkinsfile};

/// A job: one environment's plan, apply, or look for drift.
pub(super) struct Job {
    /// As `strata` names it: `plan dev`, `apply dev`, `strangers`.
    pub(super) name: String,
    /// The forge's environment, whose secrets it has.
    pub(super) environment: Option<String>,
    /// Whether the forge says who it is.
    pub(super) identified: bool,
    /// What it does, in order.
    pub(super) steps: Vec<Step>,
}

/// A step of a job.
pub(super) struct Step {
    /// Its name.
    pub(super) name: String,
    /// Its variables, those of the job before its own, as they are written.
    pub(super) variables: Vec<(String, String)>,
    /// What it runs; none of an action.
    pub(super) script: Option<String>,
    /// The action that it uses.
    pub(super) uses: Option<String>,
}

/// Reads pipelines.
pub(super) struct Reader {
    python: PathBuf,
}

impl Reader {
    pub(super) fn new(parts: &Path) -> Result<Reader, String> {
        let python = parts.join("python/check-jsonschema-0.39.0/bin/python");
        if python.exists() {
            return Ok(Reader { python });
        }
        Err("check-jsonschema, which brings a reader of YAML, is not on this machine: `cargo xtask parts check-jsonschema`".into())
    }

    /// The jobs of a pipeline.
    pub(super) fn jobs(&self, kind: Kind, file: &Path) -> Result<Vec<Job>, String> {
        match kind {
            Kind::GitHub => github(&self.yaml(file)?),
            Kind::GitLab => gitlab(&self.yaml(file)?),
            Kind::Jenkins => {
                let text = std::fs::read_to_string(file).map_err(|e| e.to_string())?;
                jenkinsfile::jobs(&text)
            }
        }
    }

    fn yaml(&self, file: &Path) -> Result<Value, String> {
        let read = "import ruamel.yaml, json, sys; json.dump(ruamel.yaml.YAML(typ='safe').load(sys.stdin), sys.stdout)";
        let input = std::fs::File::open(file).map_err(|e| format!("{}: {e}", file.display()))?;
        let mut python = Command::new(&self.python);
        let out = python.args(["-c", read]).stdin(Stdio::from(input)).output();
        let out = out.map_err(|e| e.to_string())?;
        if !out.status.success() {
            return Err(String::from_utf8_lossy(&out.stderr).into_owned());
        }
        serde_json::from_slice(&out.stdout).map_err(|e| e.to_string())
    }
}

/// The texts of an object.
fn texts(value: &Value) -> Vec<(String, String)> {
    let entries = value.as_object().into_iter().flatten();
    entries.filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned()))).collect()
}

fn github(document: &Value) -> Result<Vec<Job>, String> {
    let jobs = document["jobs"].as_object().ok_or("no jobs")?;
    let of_step = |job: &Value, step: &Value| Step {
        name: step["name"].as_str().unwrap_or_default().to_owned(),
        variables: [texts(&job["env"]), texts(&step["env"])].concat(),
        script: step["run"].as_str().map(str::to_owned),
        uses: step["uses"].as_str().map(str::to_owned),
    };
    Ok(jobs
        .iter()
        .map(|(id, job)| Job {
            name: id.replacen('-', " ", 1),
            environment: job["environment"].as_str().map(str::to_owned),
            identified: job["permissions"]["id-token"] == "write",
            steps: job["steps"]
                .as_array()
                .into_iter()
                .flatten()
                .map(|step| of_step(job, step))
                .collect(),
        })
        .collect())
}

fn gitlab(document: &Value) -> Result<Vec<Job>, String> {
    let all = document.as_object().ok_or("no jobs")?;
    let shared = texts(&document[".strata"]["variables"]);
    let mut jobs = Vec::new();
    for (id, job) in all.iter().filter(|(_, job)| job["script"].is_array()) {
        let mut variables: BTreeMap<String, String> = shared.iter().cloned().collect();
        variables.extend(texts(&job["variables"]));
        let tokens = job["id_tokens"].as_object().into_iter().flatten();
        variables.extend(tokens.map(|(name, _)| (name.clone(), IDENTITY.to_owned())));
        let lines = job["script"].as_array().into_iter().flatten();
        let steps = lines.map(|line| Step {
            name: id.clone(),
            variables: variables.clone().into_iter().collect(),
            script: line.as_str().map(str::to_owned),
            uses: None,
        });
        jobs.push(Job {
            name: id.replacen(':', " ", 1).replace("rehearse", "strangers"),
            environment: job["environment"]["name"].as_str().map(str::to_owned),
            identified: job["id_tokens"].is_object(),
            steps: steps.collect(),
        });
    }
    Ok(jobs)
}
