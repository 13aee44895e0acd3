//! The events of the audit.
//!
//! Invariant: an event's row carries the hash of the row before, whoever wrote that.

use state::Digest;

use super::sql::{Row, Sql, SqlError, params};
use crate::event::{self, ChainError, Event, EventRecord};

/// Events read at once while the chain is checked.
const BATCH: usize = 1_000;

fn digest(row: &Row, column: usize) -> Result<Digest, SqlError> {
    let bytes = row.bytes(column)?.try_into();
    bytes.map(Digest).map_err(|_| SqlError::other("an event's hash has not 32 bytes"))
}

/// The last event's number and hash.
fn last(db: &dyn Sql) -> Result<Option<(u64, Digest)>, SqlError> {
    let sql = "SELECT number, hash FROM event ORDER BY number DESC LIMIT 1";
    let found = db.find(sql, &[])?;
    found.map(|row| Ok((row.count(0)?, digest(&row, 1)?))).transpose()
}

pub(super) fn record(db: &dyn Sql, event: &Event) -> Result<u64, SqlError> {
    // One at a time: the next one's hash depends on this one.
    db.query("SELECT id FROM estate /* FOR UPDATE */", &[])?;
    let EventRecord { number, event, before, hash } = event::chain(last(db)?, event.clone());
    db.execute(
        "INSERT INTO event VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        params![
            number,
            event.at_ms,
            &event.who,
            &event.what,
            event.stack.as_deref(),
            event.plan.as_deref(),
            event.serials.map(|serials| serials.0),
            event.serials.map(|serials| serials.1),
            &event.detail,
            &before.0[..],
            &hash.0[..],
        ],
    )?;
    Ok(number)
}

fn read(row: &Row) -> Result<EventRecord, SqlError> {
    let serials = row.some(6, Row::count)?.zip(row.some(7, Row::count)?);
    let event = Event {
        at_ms: row.count(1)?,
        who: row.shared(2)?,
        what: row.shared(3)?,
        stack: row.some(4, Row::shared)?,
        plan: row.some(5, Row::shared)?,
        serials,
        detail: row.shared(8)?,
    };
    Ok(EventRecord {
        number: row.count(0)?,
        event,
        before: digest(row, 9)?,
        hash: digest(row, 10)?,
    })
}

pub(super) fn events(
    db: &dyn Sql,
    from: u64,
    count_max: usize,
) -> Result<Vec<EventRecord>, SqlError> {
    let sql = "SELECT number, at_ms, who, what, stack, plan, serial_before, serial_after, detail,
                      before, hash
               FROM event WHERE number >= ?1 ORDER BY number LIMIT ?2";
    db.query(sql, params![from, count_max as u64])?.iter().map(read).collect()
}

/// Checks the whole chain; tells how many events there are.
pub(super) fn verify(db: &dyn Sql) -> Result<Result<u64, ChainError>, SqlError> {
    let mut last = None;
    loop {
        let from = last.map_or(0, |(number, _): (u64, Digest)| number + 1);
        let batch = events(db, from, BATCH)?;
        if batch.is_empty() {
            return Ok(Ok(last.map_or(0, |(number, _)| number)));
        }
        match event::verify(&batch, last) {
            Ok(next) => last = next,
            Err(error) => return Ok(Err(error)),
        }
    }
}
