//! What may share a process.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use crate::hash::Digest;

/// Whether a process is there to plan or to apply: a stack may do the one with less rights than the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// It reads and plans.
    Plan,
    /// It changes things.
    Apply,
}

/// Whether a process may serve stacks of other folders.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Sharing {
    /// It works in the folder of its stack: providers resolve relative paths against it.
    OwnFolder,
    /// It may serve any folder, until the first value that is sent names a place relative to the stack's own: from
    /// then on the stack has a process of its own.
    AnyFolder,
}

/// What a provider process is started with.
///
/// Its `Debug` shows no variable's value: credentials are among them.
#[derive(Clone)]
pub struct Launch {
    /// The provider, as people write it: `hashicorp/aws`.
    pub provider: Arc<str>,
    /// The program.
    pub binary: PathBuf,
    /// The folder of the root module, in which the process works.
    pub working_dir: PathBuf,
    /// Whether it may serve other folders too.
    pub sharing: Sharing,
    /// Every variable that the process sees.
    pub environment: Arc<[(String, String)]>,
    /// Whose credentials it has; empty where they are the environment's.
    pub identity: Arc<str>,
    /// What it is there for.
    pub purpose: Purpose,
}

/// Providers that make or run files: any text that they are sent may be a path, also of a file that is not there yet.
const OF_FILES: [&str; 3] = ["archive", "external", "local"];

impl Launch {
    /// The folder that belongs to the process alone; none where it may serve others too.
    pub(super) fn own_folder(&self) -> Option<&PathBuf> {
        let name = self.provider.rsplit('/').next().unwrap_or(&self.provider);
        match self.sharing {
            Sharing::AnyFolder if !OF_FILES.contains(&name) => None,
            Sharing::AnyFolder | Sharing::OwnFolder => Some(&self.working_dir),
        }
    }
}

impl fmt::Debug for Launch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Launch")
            .field("provider", &self.provider)
            .field("binary", &self.binary)
            .field("working_dir", &self.working_dir)
            .field("identity", &self.identity)
            .field("purpose", &self.purpose)
            .finish_non_exhaustive()
    }
}

/// What two uses of a provider must have in common to share a process.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Key {
    binary: Digest,
    working_dir: Option<PathBuf>,
    environment: Digest,
    config: Option<Digest>,
    identity: Arc<str>,
    purpose: Purpose,
}

impl Key {
    /// The key of a use, with the digest of the configuration where it is configured.
    pub(super) fn of(launch: &Launch, binary: Digest, config: Option<Digest>) -> Key {
        Key {
            binary,
            working_dir: launch.own_folder().cloned(),
            environment: environment_digest(&launch.environment),
            config,
            identity: launch.identity.clone(),
            purpose: launch.purpose,
        }
    }
}

/// The same for the same variables, in whatever order.
fn environment_digest(environment: &[(String, String)]) -> Digest {
    let mut sorted: Vec<&(String, String)> = environment.iter().collect();
    sorted.sort_unstable();
    let mut bytes = Vec::new();
    for (name, value) in sorted {
        for text in [name, value] {
            bytes.extend_from_slice(&(text.len() as u64).to_le_bytes());
            bytes.extend_from_slice(text.as_bytes());
        }
    }
    Digest::of(&bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_folder_counts_only_where_it_matters() {
        let launch = |dir: &str, sharing| Launch {
            provider: "a/b".into(),
            binary: "/bin/x".into(),
            working_dir: dir.into(),
            sharing,
            environment: Arc::new([("A".into(), "1".into()), ("B".into(), "2".into())]),
            identity: "".into(),
            purpose: Purpose::Plan,
        };
        let key = |launch: &Launch| Key::of(launch, Digest([0; 32]), None);
        let own = Sharing::OwnFolder;
        assert!(!format!("{:?}", launch("/a", own)).contains("\"1\""), "a variable is shown");
        assert_ne!(key(&launch("/a", own)), key(&launch("/b", own)));
        assert_eq!(key(&launch("/a", Sharing::AnyFolder)), key(&launch("/b", Sharing::AnyFolder)));
        let files = |dir: &str| Launch {
            provider: "registry.opentofu.org/hashicorp/local".into(),
            ..launch(dir, Sharing::AnyFolder)
        };
        assert_ne!(key(&files("/a")), key(&files("/b")), "any text may be a path of theirs");
        let mut other = launch("/a", own);
        other.environment = Arc::new([("B".into(), "2".into()), ("A".into(), "1".into())]);
        assert_eq!(key(&launch("/a", own)), key(&other));
        other.environment = Arc::new([("A".into(), "12".into()), ("B".into(), "".into())]);
        assert_ne!(key(&launch("/a", own)), key(&other));
    }
}
