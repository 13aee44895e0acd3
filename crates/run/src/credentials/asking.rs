//! What credentials are asked with: the base environment, the network, files, the clock; and what was issued so far.
//!
//! Invariant: of one role and session there is one request at a time, and an answer serves until it has less than
//! [`LEFT_MIN`] to live.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use host::{Clock, Files, Host, Http, HttpError, HttpPost, HttpResponse, Timestamp};

use super::aws::{Failure, Issued, Role};

/// With less than this left, a stack that begins gets new credentials.
const LEFT_MIN: Duration = Duration::from_secs(600);
/// Longest token file, in bytes.
const TOKEN_BYTES_MAX: u64 = 64 << 10;

/// The world of credentials.
pub(crate) struct Asking {
    dir: PathBuf,
    environment: Arc<[(String, String)]>,
    http: Http,
    files: Files,
    clock: Clock,
    issued: Mutex<HashMap<Role, Arc<Mutex<Option<Issued>>>>>,
}

impl Asking {
    pub(crate) fn new(host: &Host, dir: &Path) -> Asking {
        let all = host.environment.all();
        Asking {
            dir: dir.to_owned(),
            environment: all.map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
            http: Http::default(),
            files: host.files,
            clock: host.clock,
            issued: Mutex::default(),
        }
    }

    /// The same without these variables.
    pub(crate) fn without(mut self, names: &[&str]) -> Asking {
        let seen = self.environment.iter().filter(|(name, _)| !names.contains(&name.as_str()));
        self.environment = seen.cloned().collect();
        self
    }

    /// Another that sees this environment.
    pub(crate) fn seeing(&self, environment: &[(String, String)]) -> Asking {
        Asking {
            dir: self.dir.clone(),
            environment: environment.into(),
            http: Http::default(),
            files: self.files,
            clock: self.clock,
            issued: Mutex::default(),
        }
    }

    /// The base environment.
    pub(crate) fn environment(&self) -> &[(String, String)] {
        &self.environment
    }

    /// The estate's folder.
    pub(super) fn dir(&self) -> &Path {
        &self.dir
    }

    /// A variable that is set and not empty.
    pub(crate) fn variable(&self, name: &str) -> Option<&str> {
        let found = self.environment.iter().find(|(other, _)| other == name);
        found.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }

    /// A path relative to the estate's folder.
    pub(super) fn path(&self, file: &str) -> PathBuf {
        self.dir.join(file)
    }

    /// The text of a token's file.
    pub(super) fn read(&self, file: &str) -> Result<String, String> {
        let bytes = self.files.read_up_to(&self.path(file), TOKEN_BYTES_MAX);
        let bytes = bytes.map_err(|error| error.to_string())?;
        String::from_utf8(bytes).map_err(|_| format!("{file} is not UTF-8"))
    }

    /// The network.
    pub(crate) fn http(&self) -> &Http {
        &self.http
    }

    pub(super) fn post(&self, post: &HttpPost<'_>) -> Result<HttpResponse, HttpError> {
        self.http.post(post)
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// A role's credentials: those issued before, while they live long enough, else what `ask` brings.
    pub(super) fn issued(
        &self,
        role: &Role,
        ask: impl FnOnce() -> Result<Issued, Failure>,
    ) -> Result<Issued, Failure> {
        let cell = {
            let mut issued = self.issued.lock().unwrap_or_else(PoisonError::into_inner);
            issued.entry(role.clone()).or_default().clone()
        };
        let mut known = cell.lock().unwrap_or_else(PoisonError::into_inner);
        let lives = |issued: &&Issued| issued.expires_s >= self.now().seconds + LEFT_MIN.as_secs();
        if let Some(issued) = known.as_ref().filter(lives) {
            return Ok(issued.clone());
        }
        let issued = ask()?;
        *known = Some(issued.clone());
        Ok(issued)
    }
}
