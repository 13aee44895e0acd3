//! The world, as one value: files, environment, clock, terminal, network, entropy, programs, and who we are.
//!
//! A [`Host`] is made once, in `main`. Below `cli` nobody reads an environment variable, the clock or the terminal
//! by another way; what a library needs of them it is given as an argument.
//!
//! Invariant: the environment and the working directory are those of the start; nothing changes them afterwards.

#![expect(clippy::disallowed_methods, reason = "this crate is the one way to the world")]

mod clock;
mod entropy;
mod environment;
mod files;
mod http;
mod identity;
pub mod programs;
mod terminal;
mod tree;

pub use clock::{Clock, Timestamp};
pub use entropy::uuid_of;
pub use environment::Environment;
pub use files::{FILE_BYTES_MAX, FileError, Files};
pub use http::{
    HTTP_BODY_BYTES_MAX, HTTP_TIME_MAX, Http, HttpAnswer, HttpError, HttpPost, HttpRequest,
    HttpResponse,
};
pub use identity::Identity;
pub use terminal::{Stream, Terminal};

use std::path::{Path, PathBuf};

/// `LEN` unpredictable bytes, where no [`Host`] is at hand.
pub fn random<const LEN: usize>() -> [u8; LEN] {
    entropy::bytes()
}

/// Every handle on the world.
#[derive(Debug)]
pub struct Host {
    /// Variables as they were at the start.
    pub environment: Environment,
    /// Reading and replacing files.
    pub files: Files,
    /// Time.
    pub clock: Clock,
    /// Standard output, error and input.
    pub terminal: Terminal,
    /// Requests over the network.
    pub http: Http,
    /// This process and its user.
    pub identity: Identity,
    cwd: PathBuf,
}

impl Host {
    /// The real world.
    ///
    /// # Errors
    /// Where the working directory cannot be told, for example because it was removed.
    pub fn real() -> Result<Host, FileError> {
        let cwd =
            std::env::current_dir().map_err(|e| FileError::new("find", Path::new("."), &e))?;
        let environment = Environment::of_process();
        let identity = Identity::of_process(&environment);
        Ok(Host {
            files: Files,
            clock: Clock,
            terminal: Terminal::of_process(),
            http: Http::default(),
            identity,
            environment,
            cwd,
        })
    }

    /// The working directory at the start.
    pub fn cwd(&self) -> &Path {
        &self.cwd
    }

    /// The user's home, where `HOME` says one.
    pub fn home(&self) -> Option<PathBuf> {
        self.environment.var("HOME").filter(|home| !home.is_empty()).map(PathBuf::from)
    }

    /// The folder for caches of this program: `XDG_CACHE_HOME`, else `.cache` in the home, with `strata` below.
    pub fn cache_dir(&self) -> Option<PathBuf> {
        let set = self.environment.var("XDG_CACHE_HOME").filter(|dir| Path::new(dir).is_absolute());
        let base = set.map(PathBuf::from).or_else(|| self.home().map(|home| home.join(".cache")));
        base.map(|base| base.join("strata"))
    }

    /// `len` unpredictable bytes.
    pub fn entropy<const LEN: usize>(&self) -> [u8; LEN] {
        entropy::bytes()
    }

    /// A random UUID of version 4, as text.
    pub fn uuid(&self) -> String {
        entropy::uuid()
    }
}
