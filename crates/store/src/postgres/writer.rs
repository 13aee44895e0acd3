//! The writing end of a PostgreSQL database: transactions, group commit, and commits of unknown fate.
//!
//! Each transaction counts up a row of this writer's own. When the connection ends while a commit is under way, that row
//! tells what came of it: asked through another connection, it waits for a commit that is still being carried out.
//! Invariants: nothing is carried out again before it is known that it was not committed; what was committed is never
//! reported as lost, and nothing is reported as committed that was not.

use std::sync::Arc;
use std::time::Duration;

use state::journal::Record;

use super::patience::Patience;
use super::session::{Connector, Session};
use crate::commit::{Commit, JournalFailure, Rescued, Submission};
use crate::database::seal::Seal;
use crate::database::sql::{Refusal, Sql, SqlError, SqlFault, params};
use crate::database::{events, rows};
use crate::error::PortError;
use crate::key::StackKey;
use crate::rescue::{Cause, Rescuer};

/// How often a transaction is tried where others were in its way.
const TRIES_MAX: u32 = 5;
/// Rows of writers that ended without saying so are kept this long, in milliseconds.
const WRITER_MS_MAX: u64 = 30 * 24 * 3_600 * 1_000;

/// The writing end.
pub(super) struct PgWriter {
    connector: Arc<Connector>,
    session: Option<Session>,
    /// Names this writer's row.
    id: String,
    /// How many transactions it began.
    count: u64,
    patience: Duration,
    seal: Arc<Seal>,
    rescuer: Rescuer,
    poisoned: Option<PortError>,
}

/// What came of a transaction.
enum Attempt<T> {
    Committed(T),
    Refused(Refusal),
    /// It was not committed, since the connection ended before.
    Lost(SqlError),
    /// The connection ended while it was being committed.
    Unknown(T, SqlError),
}

impl PgWriter {
    pub(super) fn new(
        connector: Arc<Connector>,
        session: Session,
        id: String,
        patience: Duration,
        seal: Arc<Seal>,
        rescuer: Rescuer,
    ) -> Result<PgWriter, SqlError> {
        register(&session, &id)?;
        let session = Some(session);
        Ok(PgWriter { connector, session, id, count: 0, patience, seal, rescuer, poisoned: None })
    }

    /// Carries out a transaction.
    pub(super) fn write<T>(
        &mut self,
        body: impl Fn(&dyn Sql) -> Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        if let Some(cause) = &self.poisoned {
            return Err(Refusal::Port(cause.clone()));
        }
        let done = self.settle(&body);
        if let Err(Refusal::Sql(error)) = &done
            && error.fault == SqlFault::Other
        {
            self.poison(error);
        }
        done
    }

    /// Nothing is written any more by this process.
    fn poison(&mut self, error: &SqlError) -> PortError {
        let cause = PortError::new("cannot write the store", self.connector.place(), error);
        self.poisoned.get_or_insert(cause).clone()
    }

    /// Tries a transaction until its fate is known.
    fn settle<T>(&mut self, body: &dyn Fn(&dyn Sql) -> Result<T, Refusal>) -> Result<T, Refusal> {
        let mut patience = Patience::new(self.patience);
        let mut tries = 0;
        loop {
            self.reconnect(&mut patience)?;
            self.count += 1;
            let session = self.session.as_ref().expect("BUG: connected above");
            match attempt(session, &self.id, self.count, body) {
                Attempt::Committed(value) => return Ok(value),
                Attempt::Refused(Refusal::Sql(error))
                    if error.fault == SqlFault::Busy && tries < TRIES_MAX =>
                {
                    tries += 1;
                }
                Attempt::Refused(refusal) => return Err(refusal),
                Attempt::Lost(error) => {
                    self.session = None;
                    if !patience.wait() {
                        return Err(error.into());
                    }
                }
                Attempt::Unknown(value, error) => {
                    self.session = None;
                    if self.was_committed(&mut patience, &error)? {
                        return Ok(value);
                    }
                }
            }
        }
    }

    /// Makes sure that there is a connection.
    fn reconnect(&mut self, patience: &mut Patience) -> Result<(), SqlError> {
        if self.session.as_ref().is_some_and(|session| !session.is_over()) {
            return Ok(());
        }
        loop {
            match self.connector.connect() {
                Ok(session) => {
                    self.session = Some(session);
                    return Ok(());
                }
                Err(error) if error.fault == SqlFault::Lost && patience.wait() => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Asks what came of the last transaction. Where that cannot be had, nothing written since can be believed.
    fn was_committed(
        &mut self,
        patience: &mut Patience,
        cause: &SqlError,
    ) -> Result<bool, SqlError> {
        loop {
            let asked = self.reconnect(patience).and_then(|()| {
                let session = self.session.as_ref().expect("BUG: connected above");
                // Locking the row waits for the commit, where it is still being carried out.
                session.find("SELECT count FROM writer WHERE id = ?1 FOR UPDATE", params![&self.id])
            });
            match asked {
                Ok(Some(row)) => return Ok(row.count(0)? == self.count),
                Ok(None) => {
                    let text = format!("whether it was committed is not known: {cause}");
                    return Err(SqlError::other(text));
                }
                Err(error) if error.fault == SqlFault::Lost && patience.wait() => {
                    self.session = None;
                }
                Err(error) => {
                    let text = format!("whether it was committed is not known: {error}");
                    return Err(SqlError::other(text));
                }
            }
        }
    }
}

/// Gives a writer its row, and drops those of writers that are long gone.
fn register(session: &Session, id: &str) -> Result<(), SqlError> {
    let now_ms = session.clock_ms()?.unwrap_or_default();
    session.execute(
        "INSERT INTO writer VALUES (?1, 0, ?2) ON CONFLICT (id) DO NOTHING",
        params![id, now_ms],
    )?;
    let oldest_ms = now_ms.saturating_sub(WRITER_MS_MAX);
    session.execute("DELETE FROM writer WHERE since_ms < ?1", params![oldest_ms])?;
    Ok(())
}

fn attempt<T>(
    session: &Session,
    id: &str,
    count: u64,
    body: &dyn Fn(&dyn Sql) -> Result<T, Refusal>,
) -> Attempt<T> {
    // The id is hexadecimal.
    let begin = format!("BEGIN; UPDATE writer SET count = {count} WHERE id = '{id}'");
    if let Err(error) = session.batch(&begin) {
        return failed(session, error.into());
    }
    match body(session) {
        Ok(value) => match session.batch("COMMIT") {
            Ok(()) => Attempt::Committed(value),
            Err(error) if error.fault == SqlFault::Lost => Attempt::Unknown(value, error),
            Err(error) => failed(session, error.into()),
        },
        Err(refusal) => failed(session, refusal),
    }
}

fn failed<T>(session: &Session, refusal: Refusal) -> Attempt<T> {
    match refusal {
        Refusal::Sql(error) if error.fault == SqlFault::Lost => Attempt::Lost(error),
        refusal => match session.batch("ROLLBACK") {
            Err(error) if error.fault == SqlFault::Lost => match refusal {
                Refusal::Sql(_) => Attempt::Lost(error),
                ours => Attempt::Refused(ours),
            },
            _ => Attempt::Refused(refusal),
        },
    }
}

impl Commit for PgWriter {
    fn commit(&mut self, batch: &[Submission]) -> Vec<Result<(), JournalFailure>> {
        let seal = self.seal.clone();
        // Every process locks stacks in the same order.
        let mut order: Vec<usize> = (0..batch.len()).collect();
        order.sort_by_key(|&at| (batch[at].journal.stack.clone(), at));
        let done = self.write(|db| {
            let mut results: Vec<_> = batch.iter().map(|_| Ok(())).collect();
            for &at in &order {
                results[at] = rows::append(db, &seal, &batch[at])?;
            }
            // The chain is locked last by everybody.
            events::of_batch(db, &seal, batch, &results)?;
            Ok(results)
        });
        match done {
            Ok(results) => results,
            Err(refusal) => {
                let cause = refusal.port(self.connector.place());
                let cause = self.poisoned.get_or_insert(cause).clone();
                let failure = JournalFailure::Poisoned { cause, rescued: Rescued::Nothing };
                batch.iter().map(|_| Err(failure.clone())).collect()
            }
        }
    }

    fn rescue(&mut self, stack: &StackKey, records: &[Record], cause: Cause) -> Rescued {
        self.rescuer.save(stack, records, cause)
    }
}

impl Drop for PgWriter {
    /// Its row is of no use to anybody any more.
    fn drop(&mut self) {
        if let Some(session) = self.session.as_ref().filter(|session| !session.is_over()) {
            drop(session.execute("DELETE FROM writer WHERE id = ?1", params![&self.id]));
        }
    }
}
