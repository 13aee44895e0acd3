//! Direct calls to the clouds, past Strata: what is asked, and what was answered.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value as Json, json};

/// One call.
#[derive(Clone)]
pub(super) struct Call {
    who: String,
    to: To,
}

#[derive(Clone)]
enum To {
    Cloud { service: String, operation: String, with: Json },
    Cluster { method: String, path: String, body: Option<Json> },
}

/// What came of a call.
pub(super) struct Answer {
    /// Whether it was refused since the caller may not.
    pub(super) denied: bool,
    /// What else is wrong, by the cloud's own code; empty for success.
    pub(super) code: String,
    /// What was answered; a text where it failed.
    pub(super) answer: Json,
}

impl Call {
    /// A call to the cloud, in the names of its SDK for Python.
    pub(super) fn cloud(who: &str, service: &str, operation: &str, with: Json) -> Call {
        let (service, operation) = (service.to_owned(), operation.to_owned());
        Call { who: who.to_owned(), to: To::Cloud { service, operation, with } }
    }

    /// A request to the cluster's API.
    pub(super) fn cluster(who: &str, method: &str, path: &str) -> Call {
        let (method, path) = (method.to_owned(), path.to_owned());
        Call { who: who.to_owned(), to: To::Cluster { method, path, body: None } }
    }

    /// The same with a body; a call to the cloud has none.
    pub(super) fn body(mut self, text: Json) -> Call {
        if let To::Cluster { body, .. } = &mut self.to {
            *body = Some(text);
        }
        self
    }

    /// The same by somebody else.
    pub(super) fn by(&self, who: &str) -> Call {
        Call { who: who.to_owned(), to: self.to.clone() }
    }

    /// What it is, for people.
    pub(super) fn name(&self) -> String {
        match &self.to {
            To::Cloud { service, operation, .. } => format!("{service}:{operation}"),
            To::Cluster { method, path, .. } => format!("{method} {path}"),
        }
    }

    /// As the program that makes it reads it.
    pub(super) fn to_json(&self) -> Json {
        match &self.to {
            To::Cloud { service, operation, with } => {
                json!({"as": self.who, "service": service, "do": operation, "with": with})
            }
            To::Cluster { method, path, body: None } => {
                json!({"as": self.who, "kube": [method, path]})
            }
            To::Cluster { method, path, body: Some(body) } => {
                json!({"as": self.who, "kube": [method, path], "body": body})
            }
        }
    }
}

/// Has a program make the calls.
pub(super) fn make(python: &Path, program: &Path, asked: &Json) -> Result<Vec<Answer>, String> {
    let mut child = Command::new(python)
        .arg(program)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|e| format!("{}: {e}", python.display()))?;
    if let Some(input) = child.stdin.take() {
        let mut input = input;
        input.write_all(asked.to_string().as_bytes()).map_err(|e| e.to_string())?;
    }
    let out = child.wait_with_output().map_err(|e| e.to_string())?;
    if !out.status.success() {
        return Err(format!("the calls ended: {}", String::from_utf8_lossy(&out.stderr)));
    }
    let told: Vec<Json> = serde_json::from_slice(&out.stdout).map_err(|e| e.to_string())?;
    let answer = |one: Json| Answer {
        denied: one["denied"] == true,
        code: one["code"].as_str().unwrap_or_default().to_owned(),
        answer: one["answer"].clone(),
    };
    Ok(told.into_iter().map(answer).collect())
}
