//! Why version control does not answer.

use std::fmt;

use host::programs::ProgramError;

/// Why version control does not answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VcsError {
    /// There is no `git` program.
    NoProgram,
    /// The folder is in no repository.
    NoRepository(String),
    /// Nothing has this name.
    UnknownReference(String),
    /// More than one branch or tag has this name: whoever names a branch could choose which is meant.
    AmbiguousReference(String, Vec<String>),
    /// A command failed: which, and why.
    Command {
        /// `git` and its first argument.
        command: String,
        /// What it said, or what became of it.
        why: String,
    },
}

impl VcsError {
    pub(crate) fn of(command: &str, error: &ProgramError) -> VcsError {
        match error {
            ProgramError::Missing => VcsError::NoProgram,
            other => {
                VcsError::Command { command: format!("git {command}"), why: other.to_string() }
            }
        }
    }
}

impl fmt::Display for VcsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            VcsError::NoProgram => f.write_str("there is no `git` program"),
            VcsError::NoRepository(dir) => write!(f, "{dir} is in no Git repository"),
            VcsError::UnknownReference(name) => {
                write!(f, "nothing in the repository is called {name}")
            }
            VcsError::AmbiguousReference(name, all) => {
                write!(f, "{name} is the name of {}", all.join(" and of "))
            }
            VcsError::Command { command, why } => write!(f, "`{command}`: {why}"),
        }
    }
}

impl std::error::Error for VcsError {}
