//! Connections, and what is made of their errors.
//!
//! Invariants: every connection waits for others and syncs fully; a write that failed poisons the store's writer.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags, Transaction, TransactionBehavior};
use state::journal::Record;

use super::rows;
use super::seal::Seal;
use crate::commit::{Commit, JournalFailure, Rescued, Submission};
use crate::error::{LoadError, LockError, PortError, WriteError};
use crate::key::StackKey;
use crate::rescue::{Cause, Rescuer};

/// How long another writer is waited for, in milliseconds.
const BUSY_MS_MAX: u64 = 60_000;

/// Opens a database that is there.
pub(super) fn connect(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let db = Connection::open_with_flags(path, flags)?;
    db.busy_timeout(Duration::from_millis(BUSY_MS_MAX))?;
    db.pragma_update(None, "synchronous", "FULL")?;
    db.pragma_update(None, "foreign_keys", true)?;
    db.set_prepared_statement_cache_capacity(64);
    Ok(db)
}

/// Why a transaction was not carried out.
#[derive(Debug)]
pub(super) enum Refusal {
    /// The database said so.
    Sql(rusqlite::Error),
    /// We did.
    Lock(LockError),
    Load(LoadError),
    Write(WriteError),
    Port(PortError),
}

impl From<rusqlite::Error> for Refusal {
    fn from(error: rusqlite::Error) -> Refusal {
        Refusal::Sql(error)
    }
}

impl From<LoadError> for Refusal {
    fn from(error: LoadError) -> Refusal {
        Refusal::Load(error)
    }
}

impl From<WriteError> for Refusal {
    fn from(error: WriteError) -> Refusal {
        Refusal::Write(error)
    }
}

impl Refusal {
    pub(super) fn port(self, path: &Path) -> PortError {
        match self {
            Refusal::Sql(error) => PortError::new("cannot use the store", path, &error),
            Refusal::Port(error) => error,
            Refusal::Lock(error) => PortError::new("cannot use the store", path, &error),
            Refusal::Load(error) => PortError::new("cannot use the store", path, &error),
            Refusal::Write(error) => PortError::new("cannot use the store", path, &error),
        }
    }

    pub(super) fn lock(self, path: &Path) -> LockError {
        match self {
            Refusal::Lock(error) => error,
            other => LockError::Port(other.port(path)),
        }
    }

    pub(super) fn load(self, path: &Path) -> LoadError {
        match self {
            Refusal::Load(error) => error,
            Refusal::Write(error) => error.into(),
            other => LoadError::Port(other.port(path)),
        }
    }

    pub(super) fn write(self, path: &Path) -> WriteError {
        match self {
            Refusal::Write(error) => error,
            Refusal::Load(error) => error.into(),
            other => WriteError::Port(other.port(path)),
        }
    }
}

/// The writing end of a database.
pub(super) struct DbCommit {
    db: Connection,
    path: PathBuf,
    seal: Arc<Seal>,
    rescuer: Rescuer,
    poisoned: Option<PortError>,
}

impl DbCommit {
    pub(super) fn new(db: Connection, path: &Path, seal: Arc<Seal>, rescuer: Rescuer) -> DbCommit {
        DbCommit { db, path: path.to_owned(), seal, rescuer, poisoned: None }
    }

    /// Carries out a transaction that began by taking the right to write.
    pub(super) fn write<T>(
        &mut self,
        body: impl FnOnce(&Transaction<'_>) -> Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        if let Some(cause) = &self.poisoned {
            return Err(Refusal::Port(cause.clone()));
        }
        let done = transact(&mut self.db, body);
        if let Err(Refusal::Sql(error)) = &done
            && poisons(error)
        {
            self.poisoned = Some(PortError::new("cannot write the store", &self.path, error));
        }
        done
    }
}

fn transact<T>(
    db: &mut Connection,
    body: impl FnOnce(&Transaction<'_>) -> Result<T, Refusal>,
) -> Result<T, Refusal> {
    let transaction = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let result = body(&transaction)?;
    transaction.commit()?;
    Ok(result)
}

/// Whether after this error nothing written can be believed: all but what says that nothing was tried.
fn poisons(error: &rusqlite::Error) -> bool {
    !matches!(
        error.sqlite_error_code(),
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked | ErrorCode::ConstraintViolation)
    )
}

impl Commit for DbCommit {
    fn commit(&mut self, batch: &[Submission]) -> Vec<Result<(), JournalFailure>> {
        let seal = self.seal.clone();
        let done = self.write(|transaction| {
            let append = |submission| rows::append(transaction, &seal, submission);
            batch.iter().map(append).collect::<Result<Vec<_>, _>>()
        });
        match done {
            Ok(results) => results,
            Err(refusal) => {
                let cause = refusal.port(&self.path);
                self.poisoned.get_or_insert_with(|| cause.clone());
                let failure = JournalFailure::Poisoned { cause, rescued: Rescued::Nothing };
                batch.iter().map(|_| Err(failure.clone())).collect()
            }
        }
    }

    fn rescue(&mut self, stack: &StackKey, records: &[Record], cause: Cause) -> Rescued {
        self.rescuer.save(stack, records, cause)
    }
}
