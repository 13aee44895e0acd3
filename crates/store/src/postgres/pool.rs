//! Connections for reading, few and reused.
//!
//! Invariants: there are never more than [`READERS_MAX`]; each reading sees one moment and writes nothing.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use super::patience::Patience;
use super::session::{Connector, Session};
use crate::database::locked;
use crate::database::sql::{Refusal, Sql, SqlFault};

/// Connections for reading at the same time, beside the one that writes.
const READERS_MAX: usize = 3;

const BEGIN_SQL: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

/// The connections.
pub(super) struct Pool {
    connector: Arc<Connector>,
    patience: Duration,
    state: Mutex<State>,
    freed: Condvar,
}

#[derive(Default)]
struct State {
    idle: Vec<Session>,
    in_use: usize,
}

impl Pool {
    pub(super) fn new(connector: Arc<Connector>, patience: Duration) -> Pool {
        Pool { connector, patience, state: Mutex::default(), freed: Condvar::new() }
    }

    /// Reads at one moment. Reading changes nothing, and so it is done again where the connection ended.
    pub(super) fn read<T>(
        &self,
        body: impl Fn(&dyn Sql) -> Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        let mut patience = Patience::new(self.patience);
        loop {
            let done = self.with_session(|session| {
                session.batch(BEGIN_SQL)?;
                let done = body(session);
                match &done {
                    Ok(_) => session.batch("COMMIT")?,
                    Err(_) => drop(session.batch("ROLLBACK")),
                }
                done
            });
            match done {
                Err(Refusal::Sql(error)) if error.fault == SqlFault::Lost && patience.wait() => {}
                done => return done,
            }
        }
    }

    fn with_session<T>(
        &self,
        body: impl FnOnce(&Session) -> Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        let taken = self.take();
        let turn = Turn(self);
        let session = match taken {
            Some(session) => session,
            None => self.connector.connect()?,
        };
        let done = body(&session);
        if !session.is_over() {
            locked(&turn.0.state).idle.push(session);
        }
        done
    }

    /// Waits for a turn; an idle session, where there is one.
    fn take(&self) -> Option<Session> {
        let mut state = locked(&self.state);
        while state.in_use >= READERS_MAX {
            state = self.freed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state.in_use += 1;
        std::iter::from_fn(|| state.idle.pop()).find(|session| !session.is_over())
    }
}

/// The right to use one of the connections, given back at its end.
struct Turn<'a>(&'a Pool);

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        locked(&self.0.state).in_use -= 1;
        self.0.freed.notify_one();
    }
}
