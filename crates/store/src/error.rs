//! What can go wrong with a store, one enum per operation.
//!
//! These are failures of a port, or of the world behind it; diagnostics are made of them above.
//! Invariant: every error names what it is about (a path, a stack, a holder), so that a person can act on it.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use state::journal::{FoldError, JournalError, OpRef};
use state::v4::ReadError;

use crate::commit::JournalFailure;
use crate::estate::StoreKind;
use crate::key::StackKey;
use crate::lease::Holder;

/// The system or the database refused.
#[derive(Clone, Debug)]
pub struct PortError {
    /// What was tried, as in "cannot write the state file".
    pub what: String,
    /// On what file.
    pub path: PathBuf,
    /// What it said.
    pub cause: Arc<str>,
}

impl PortError {
    pub(crate) fn new(
        what: impl Into<String>,
        path: impl Into<PathBuf>,
        cause: &dyn fmt::Display,
    ) -> PortError {
        PortError { what: what.into(), path: path.into(), cause: cause.to_string().into() }
    }
}

impl fmt::Display for PortError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}: {}", self.what, self.path.display(), self.cause)
    }
}

impl std::error::Error for PortError {}

/// Why a store is not made.
#[derive(Clone, Debug)]
pub enum CreateError {
    /// There is one.
    Exists(PathBuf),
    /// The system refused.
    Port(PortError),
}

/// Why a store is not opened.
#[derive(Clone, Debug)]
pub enum OpenError {
    /// There is none; it is never made silently.
    MissingStore {
        /// Where it should be.
        path: PathBuf,
    },
    /// It belongs to another estate.
    ForeignStore {
        /// Where it is.
        path: PathBuf,
        /// Id and name of the estate it belongs to.
        found: (String, String),
        /// Id of the estate at hand.
        wanted: String,
    },
    /// The file is no store.
    NotAStore {
        /// Where it is.
        path: PathBuf,
    },
    /// It was made by a newer version.
    NewerStore {
        /// Where it is.
        path: PathBuf,
        /// Its layout's version.
        version: i64,
    },
    /// The server does not do what a store relies on.
    Unfit {
        /// Where it is.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
        /// What to do about it.
        remedy: &'static str,
    },
    /// The master key is not the one that the store was sealed with.
    WrongKey {
        /// Where the store is.
        path: PathBuf,
    },
    /// It is a rehearsal's where a real one is wanted, or the reverse.
    OtherKind {
        /// Where the store is.
        path: PathBuf,
        /// What it is about.
        found: StoreKind,
    },
    /// The system refused.
    Port(PortError),
}

/// Why a lease is not had.
#[derive(Clone, Debug)]
pub enum LockError {
    /// Somebody has it. Boxed: a holder is large.
    Held(Box<Holder>),
    /// Somebody has it and did not say who.
    HeldByUnknown,
    /// The system refused.
    Port(PortError),
}

/// Somebody else wrote the state while a journal was open: nothing is folded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// The journal.
    pub journal: PathBuf,
    /// The run that wrote it.
    pub run: String,
    /// What the journal knows and the state may not: an op, its address, and how far it came.
    pub ops: Vec<(OpRef, String, &'static str)>,
}

/// Why a state is not loaded.
#[derive(Clone, Debug)]
pub enum LoadError {
    /// The state file is faulty.
    State {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        error: Box<ReadError>,
    },
    /// The journal is faulty.
    Journal {
        /// Where it is.
        path: PathBuf,
        /// What is wrong.
        error: JournalError,
    },
    /// The journal breaks its own rules.
    Fold {
        /// Where it is.
        path: PathBuf,
        /// What is wrong.
        error: Box<FoldError>,
    },
    /// Somebody else wrote the state while a journal was open.
    Conflict(Box<Conflict>),
    /// What is stored was changed behind the store's back, or is of another stack or time.
    Damaged {
        /// The stack.
        stack: StackKey,
        /// What does not open or does not add up.
        what: String,
    },
    /// The recovered state could not be written.
    Write(Box<WriteError>),
    /// The system refused.
    Port(PortError),
}

/// Why something is not written.
#[derive(Clone, Debug)]
pub enum WriteError {
    /// The lease is lost: a higher fencing number was given out.
    Fenced {
        /// The stack.
        stack: StackKey,
        /// Ours.
        ours: u64,
        /// The highest one given out.
        highest: u64,
    },
    /// The state moved since it was read.
    Stale {
        /// The serial it was read at.
        expected: u64,
        /// The serial now.
        found: u64,
    },
    /// The state is one of another history.
    Lineage {
        /// The lineage there.
        there: Arc<str>,
        /// The lineage given.
        given: Arc<str>,
    },
    /// Something is stored of a stack that is to be given another one's.
    Taken {
        /// The stack.
        stack: StackKey,
    },
    /// A journal is open, or what it left is not resolved.
    JournalOpen,
    /// The journal failed.
    Journal(JournalFailure),
    /// What is stored could not be read first.
    Load(Box<LoadError>),
    /// The system refused.
    Port(PortError),
}

macro_rules! from_port {
    ($($error:ident),+) => {$(
        impl From<PortError> for $error {
            fn from(error: PortError) -> $error {
                $error::Port(error)
            }
        }
        impl std::error::Error for $error {}
    )+};
}

from_port!(CreateError, OpenError, LockError, LoadError, WriteError);

impl From<WriteError> for LoadError {
    fn from(error: WriteError) -> LoadError {
        match error {
            WriteError::Load(error) => *error,
            error => LoadError::Write(Box::new(error)),
        }
    }
}

impl From<LoadError> for WriteError {
    fn from(error: LoadError) -> WriteError {
        match error {
            LoadError::Write(error) => *error,
            error => WriteError::Load(Box::new(error)),
        }
    }
}

impl From<JournalFailure> for WriteError {
    fn from(failure: JournalFailure) -> WriteError {
        match failure {
            JournalFailure::Fenced { stack, ours, highest, .. } => {
                WriteError::Fenced { stack, ours, highest }
            }
            failure => WriteError::Journal(failure),
        }
    }
}

impl fmt::Display for CreateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CreateError::Exists(path) => write!(f, "there is a store at {}", path.display()),
            CreateError::Port(error) => error.fmt(f),
        }
    }
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            OpenError::Unfit { path, why, .. } => write!(f, "{}: {why}", path.display()),
            OpenError::MissingStore { path } => {
                write!(f, "there is no store at {}", path.display())
            }
            OpenError::ForeignStore { path, found, wanted } => write!(
                f,
                "the store at {} belongs to the estate {} (id {}), not to the one with id {wanted}",
                path.display(),
                found.1,
                found.0
            ),
            OpenError::NotAStore { path } => write!(f, "{} is not a store", path.display()),
            OpenError::NewerStore { path, version } => {
                write!(f, "the store at {} has the newer layout {version}", path.display())
            }
            OpenError::WrongKey { path } => {
                write!(f, "the store at {} is sealed with another master key", path.display())
            }
            OpenError::OtherKind { path, found: StoreKind::Real } => {
                write!(f, "the store at {} is about objects that there are", path.display())
            }
            OpenError::OtherKind { path, found: StoreKind::Rehearsal } => {
                write!(f, "the store at {} is a rehearsal's", path.display())
            }
            OpenError::Port(error) => error.fmt(f),
        }
    }
}

impl fmt::Display for LockError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LockError::Held(holder) => write!(f, "the state is locked by {holder}"),
            LockError::HeldByUnknown => f.write_str("the state is locked by an unknown process"),
            LockError::Port(error) => error.fmt(f),
        }
    }
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LoadError::State { path, error } => write!(f, "{}: {error}", path.display()),
            LoadError::Journal { path, error } => write!(f, "{}: {error}", path.display()),
            LoadError::Fold { path, error } => write!(f, "{}: {error}", path.display()),
            LoadError::Conflict(conflict) => write!(
                f,
                "the state was written by somebody else while the journal {} of run {} was open",
                conflict.journal.display(),
                conflict.run
            ),
            // Plans and approvals are no stack's.
            LoadError::Damaged { stack, what } if stack.as_str() == "*" => {
                write!(f, "the store is damaged: {what}")
            }
            LoadError::Damaged { stack, what } => {
                write!(f, "the store's record of {stack} is damaged: {what}")
            }
            LoadError::Write(error) => error.fmt(f),
            LoadError::Port(error) => error.fmt(f),
        }
    }
}

impl fmt::Display for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            WriteError::Fenced { stack, ours, highest } => write!(
                f,
                "the lock of {stack} is not ours any more: our fencing number is {ours}, the highest is {highest}"
            ),
            WriteError::Stale { expected, found } => {
                write!(f, "the state has serial {found}, and was read at serial {expected}")
            }
            WriteError::Lineage { there, given } => {
                write!(f, "the state has lineage {there}, the one given has {given}")
            }
            WriteError::Taken { stack } => write!(f, "something is stored of {stack} already"),
            WriteError::JournalOpen => f.write_str("a journal is open"),
            WriteError::Journal(failure) => failure.fmt(f),
            WriteError::Load(error) => error.fmt(f),
            WriteError::Port(error) => error.fmt(f),
        }
    }
}
