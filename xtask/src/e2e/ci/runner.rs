//! Runs a job's steps as a runner of the forge would: in a folder of its own, with the variables that the pipeline says and no
//! others, secrets only of the environment that the job has.
//!
//! Invariant: an expression that it does not know is an error, never an empty text.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::Kind;
use super::estate::{Estate, SEAL};
use super::forge::{Forge, TOKEN};
use super::jenkinsfile::CREDENTIAL;
use super::job::{Job, Step};

/// What the machine sets that is no credential.
const OF_MACHINE: [&str; 5] = [
    "TF_CLI_CONFIG_FILE",
    "NO_COLOR",
    "AWS_ENDPOINT_URL",
    "AWS_REGION",
    "AWS_EC2_METADATA_DISABLED",
];

/// What happened.
#[derive(Clone, Debug)]
pub(super) struct Event {
    /// The pull request; none of a push or a schedule.
    pub(super) number: Option<u64>,
    /// The commit.
    pub(super) head: String,
    /// Where the branch was before.
    pub(super) before: String,
}

/// What came of a job.
pub(super) struct Ran {
    /// Whether all of its steps ended well.
    pub(super) passed: bool,
    /// How many scripts were run.
    pub(super) scripts: usize,
    /// What it printed.
    pub(super) text: String,
}

/// Runs jobs of one forge.
pub(super) struct Runner<'a> {
    pub(super) kind: Kind,
    pub(super) estate: &'a Estate,
    pub(super) forge: &'a Forge,
    pub(super) folder: PathBuf,
}

impl Runner<'_> {
    /// Runs a job in a fresh folder.
    pub(super) fn run(&self, job: &Job, event: &Event) -> Result<Ran, String> {
        let top = self.folder.join("work");
        let _ = std::fs::remove_dir_all(&top);
        std::fs::create_dir_all(&top).map_err(|e| e.to_string())?;
        if self.kind != Kind::GitHub {
            self.clone_at(&top, &event.head)?;
        }
        let mut ran = Ran { passed: true, scripts: 0, text: String::new() };
        for step in &job.steps {
            let Some(script) = &step.script else {
                let uses = step.uses.as_deref().unwrap_or("?");
                ran.text.push_str(&format!("(skipped: {uses})\n"));
                continue;
            };
            // A step after one that failed is only run where it is told to be: the plan's own step never fails.
            if !ran.passed {
                break;
            }
            let out = self.command(job, step, script, event, &top)?.output();
            let out = out.map_err(|e| e.to_string())?;
            ran.scripts += 1;
            ran.passed = out.status.success();
            ran.text.push_str(&format!("--- {}\n", step.name));
            ran.text.push_str(&String::from_utf8_lossy(&out.stdout));
            ran.text.push_str(&String::from_utf8_lossy(&out.stderr));
        }
        // No secret reaches a log.
        let key = self.key()?;
        let leaked = [SEAL, TOKEN, key.lines().nth(1).unwrap_or(TOKEN)]
            .into_iter()
            .find(|one| ran.text.contains(*one));
        match leaked {
            Some(_) => Err(format!("a secret is in the log of `{}`:\n{}", job.name, ran.text)),
            None => Ok(ran),
        }
    }

    /// GitLab's and Jenkins's runners lay the repository.
    fn clone_at(&self, top: &Path, commit: &str) -> Result<(), String> {
        let bare = self.estate.server.join("acme/infra").display().to_string();
        let git = |args: &[&str]| super::said(Command::new("git").arg("-C").arg(top).args(args));
        git(&["init", "-q", "."])?;
        git(&["remote", "add", "origin", &bare])?;
        git(&["fetch", "-q", "origin", commit])?;
        git(&["checkout", "-q", "--detach", commit]).map(drop)
    }

    fn command(
        &self,
        job: &Job,
        step: &Step,
        script: &str,
        event: &Event,
        top: &Path,
    ) -> Result<Command, String> {
        let mut command = Command::new("sh");
        command.current_dir(top).env_clear();
        if self.kind == Kind::GitHub {
            command.args(["-eu", "-c", script]);
        } else {
            command.args(["-c", script]);
        }
        for name in ["PATH", "HOME"] {
            command.env(name, std::env::var(name).unwrap_or_default());
        }
        let machine =
            self.estate.machine().iter().filter(|(name, _)| OF_MACHINE.contains(&&**name));
        command.envs(machine.map(|(name, value)| (name, value)));
        let known = self.known(job, event, top)?;
        let mut variables: BTreeMap<&str, String> = BTreeMap::new();
        for (name, value) in &step.variables {
            variables.insert(name, self.filled(value, &known)?);
        }
        // GitLab's secrets are variables of the environment, which a pipeline does not name.
        if self.kind == Kind::GitLab && job.environment.is_some() {
            command
                .env("STRATA_SEAL", SEAL)
                .env("STRATA_FORGE_TOKEN", TOKEN)
                .env("GREETING", "hello");
        }
        if self.kind == Kind::GitHub {
            command.env("GITHUB_STEP_SUMMARY", self.folder.join("summary.md"));
            if job.identified {
                command.env(
                    "ACTIONS_ID_TOKEN_REQUEST_URL",
                    format!("{}/oidc?v=1", self.forge.address),
                );
                command.env("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "bearer-of-the-run");
            }
        }
        command.envs(variables);
        Ok(command)
    }

    /// The names that a pipeline may use, and what they are for this run.
    fn known(
        &self,
        job: &Job,
        event: &Event,
        top: &Path,
    ) -> Result<BTreeMap<String, String>, String> {
        let number = event.number.map(|number| number.to_string()).unwrap_or_default();
        let reference = match event.number {
            Some(number) => format!("refs/pull/{number}/merge"),
            None => "refs/heads/main".to_owned(),
        };
        let server = format!("file://{}", self.estate.server.display());
        let mut known = BTreeMap::new();
        let mut add = |name: &str, value: &str| known.insert(name.to_owned(), value.to_owned());
        match self.kind {
            Kind::GitHub => {
                add("github.server_url", &server);
                add("github.api_url", &self.forge.address);
                add("github.repository", "acme/infra");
                add("github.event.number", &number);
                add("github.event.pull_request.head.sha", &event.head);
                add("github.sha", &event.head);
                add("github.ref", &reference);
                add("github.event.before", &event.before);
                add("github.token", TOKEN);
                add("github.workspace", &top.display().to_string());
                if let Some(environment) = &job.environment {
                    add("secrets.STRATA_SEAL", SEAL);
                    if !environment.ends_with("-plan") {
                        add("secrets.STRATA_APPROVAL_KEY", &self.key()?);
                        add("secrets.GREETING", "hello");
                    }
                }
            }
            Kind::GitLab => {
                add("CI_API_V4_URL", &self.forge.address);
                add("CI_PROJECT_ID", "acme/infra");
                add("CI_MERGE_REQUEST_IID", &number);
                add("CI_COMMIT_SHA", &event.head);
                add("CI_COMMIT_BEFORE_SHA", &event.before);
                add("CI_PROJECT_DIR", &top.display().to_string());
            }
            Kind::Jenkins => {
                add("CHANGE_ID", &number);
                add("GIT_COMMIT", &event.head);
                add("WORKSPACE", &top.display().to_string());
                add("STRATA_FORGE_URL", &self.forge.address);
                add("string:STRATA_SEAL", SEAL);
                add("string:GREETING", "hello");
                add("usernamePassword:strata-forge", TOKEN);
                for environment in ["dev", "prod"] {
                    let key = self.estate.keys.join("pipeline").display().to_string();
                    add(&format!("file:strata-{environment}-key"), &key);
                    for purpose in ["plan", "apply"] {
                        let token = self.folder.join("token");
                        std::fs::write(&token, "a-token-of-jenkins").map_err(|e| e.to_string())?;
                        let id = format!("file:strata-{environment}-{purpose}-aws");
                        add(&id, &token.display().to_string());
                    }
                }
            }
        }
        Ok(known)
    }

    /// A value with what its names stand for.
    fn filled(&self, value: &str, known: &BTreeMap<String, String>) -> Result<String, String> {
        let find = |name: &str| {
            known
                .get(name)
                .cloned()
                .ok_or_else(|| format!("the runner does not know `{name}` in `{value}`"))
        };
        match self.kind {
            Kind::GitHub => between(value, "${{ ", " }}", find),
            Kind::GitLab => dollars(value, find),
            Kind::Jenkins => match value.strip_prefix(CREDENTIAL) {
                Some(credential) => find(credential),
                None => between(value, "${env.", "}", |name| {
                    find(name.split(" ?: ").next().unwrap_or(name))
                }),
            },
        }
    }

    /// The pipeline's key.
    fn key(&self) -> Result<String, String> {
        std::fs::read_to_string(self.estate.keys.join("pipeline")).map_err(|e| e.to_string())
    }
}

/// A text, with what stands between two marks looked up.
fn between(
    text: &str,
    begin: &str,
    end: &str,
    find: impl Fn(&str) -> Result<String, String>,
) -> Result<String, String> {
    let mut parts = text.split(begin);
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (name, rest) = part.split_once(end).ok_or_else(|| format!("no end in `{text}`"))?;
        out.push_str(&find(name)?);
        out.push_str(rest);
    }
    Ok(out)
}

/// A text, with `$NAME` looked up.
fn dollars(text: &str, find: impl Fn(&str) -> Result<String, String>) -> Result<String, String> {
    let mut parts = text.split('$');
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = part.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(part.len());
        out.push_str(&find(&part[..end])?);
        out.push_str(&part[end..]);
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::{between, dollars};

    #[test]
    fn names_are_looked_up_and_unknown_ones_told() {
        let find =
            |name: &str| if name == "A_1" { Ok("x".to_owned()) } else { Err(name.to_owned()) };
        assert_eq!(between("a ${{ A_1 }}/b", "${{ ", " }}", find), Ok("a x/b".to_owned()));
        assert_eq!(between("${{ B }}", "${{ ", " }}", find), Err("B".to_owned()));
        assert_eq!(dollars("r/$A_1/h", find), Ok("r/x/h".to_owned()));
        assert_eq!(dollars("$B", find), Err("B".to_owned()));
    }
}
