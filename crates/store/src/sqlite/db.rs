//! Connections, and what is made of their errors.
//!
//! Invariants: every connection waits for others and, but for a rehearsal's, syncs fully; a write that failed poisons the store's writer.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, ErrorCode, OpenFlags, ToSql, TransactionBehavior, params_from_iter};
use state::journal::Record;

use crate::commit::{Commit, JournalFailure, Rescued, Submission};
use crate::database::seal::Seal;
use crate::database::sql::{Cell, Param, Refusal, Row, Sql, SqlError, SqlFault};
use crate::database::{events, rows};
use crate::error::PortError;
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

/// Lets what was committed survive a crash of the process, and not one of the machine: enough for what is not real, and
/// several times faster.
pub(super) fn survive_the_process_only(db: &Connection) -> rusqlite::Result<()> {
    db.pragma_update(None, "synchronous", "NORMAL")
}

/// What an error of the database means to a store.
pub(super) fn said(error: &rusqlite::Error) -> SqlError {
    let fault = match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => SqlFault::Busy,
        Some(ErrorCode::ConstraintViolation) => SqlFault::Constraint,
        _ => SqlFault::Other,
    };
    SqlError { fault, text: error.to_string() }
}

impl ToSql for Param<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Param::Null => ValueRef::Null,
            Param::Int(number) => ValueRef::Integer(*number),
            Param::Text(text) => ValueRef::Text(text.as_bytes()),
            Param::Bytes(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

fn cell(value: ValueRef<'_>) -> rusqlite::Result<Cell> {
    Ok(match value {
        ValueRef::Null => Cell::Null,
        ValueRef::Integer(number) => Cell::Int(number),
        ValueRef::Text(_) => Cell::Text(value.as_str()?.to_owned()),
        ValueRef::Blob(bytes) => Cell::Bytes(bytes.to_vec()),
        ValueRef::Real(_) => return Err(rusqlite::Error::InvalidQuery),
    })
}

fn row(row: &rusqlite::Row<'_>) -> rusqlite::Result<Row> {
    let count = row.as_ref().column_count();
    (0..count).map(|column| cell(row.get_ref(column)?)).collect::<Result<_, _>>().map(Row)
}

impl Sql for Connection {
    fn execute(&self, sql: &'static str, values: &[Param<'_>]) -> Result<u64, SqlError> {
        self.prepare_cached(sql)
            .and_then(|mut statement| statement.execute(params_from_iter(values)))
            .map(|count| count as u64)
            .map_err(|error| said(&error))
    }

    fn query(&self, sql: &'static str, values: &[Param<'_>]) -> Result<Vec<Row>, SqlError> {
        self.prepare_cached(sql)
            .and_then(|mut statement| statement.query_map(params_from_iter(values), row)?.collect())
            .map_err(|error| said(&error))
    }

    fn clock_ms(&self) -> Result<Option<u64>, SqlError> {
        Ok(None)
    }

    fn numbers_given(&self) -> Result<(), SqlError> {
        // It counts on from the highest that is there.
        Ok(())
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
        body: impl FnOnce(&dyn Sql) -> Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        if let Some(cause) = &self.poisoned {
            return Err(Refusal::Port(cause.clone()));
        }
        let done = transact(&mut self.db, body);
        if let Err(Refusal::Sql(error)) = &done
            && error.fault == SqlFault::Other
        {
            self.poisoned = Some(PortError::new("cannot write the store", &self.path, error));
        }
        done
    }
}

fn transact<T>(
    db: &mut Connection,
    body: impl FnOnce(&dyn Sql) -> Result<T, Refusal>,
) -> Result<T, Refusal> {
    let transaction = db.transaction_with_behavior(TransactionBehavior::Immediate);
    let transaction = transaction.map_err(|error| said(&error))?;
    let result = body(&*transaction)?;
    transaction.commit().map_err(|error| said(&error))?;
    Ok(result)
}

impl Commit for DbCommit {
    fn commit(&mut self, batch: &[Submission]) -> Vec<Result<(), JournalFailure>> {
        let seal = self.seal.clone();
        let done = self.write(|transaction| {
            let append = |submission| rows::append(transaction, &seal, submission);
            let results = batch.iter().map(append).collect::<Result<Vec<_>, _>>()?;
            events::of_batch(transaction, &seal, batch, &results)?;
            Ok(results)
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
