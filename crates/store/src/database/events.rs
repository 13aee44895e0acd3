//! The events of the audit: rows that are chained, and a sealed row that remembers how far the chain goes.
//!
//! Invariants: an event's row follows what the store remembers, never what somebody left in the table, so that a cut chain
//! is not made whole by what comes after; the chain is locked last of all that a transaction locks.

use state::Digest;

use super::seal::{Label, Seal};
use super::sql::{Refusal, Row, Sql, SqlError, params};
use crate::chain::{self, ChainCheck, Fault, FaultKind, Head, Memory};
use crate::commit::{JournalFailure, Submission};
use crate::estate::{Put, SignedHead};
use crate::event::{ChainError, Event, EventForm, EventRecord};
use crate::who::Who;

/// Events read at once while the chain is checked.
const BATCH: usize = 1_000;

const HEAD_LABEL: Label<'_> = Label { kind: "head", stack: "", lineage: "", serial: 0, name: "" };

fn digest(row: &Row, column: usize) -> Result<Digest, SqlError> {
    let bytes = row.bytes(column)?.try_into();
    bytes.map(Digest).map_err(|_| SqlError::other("an event's hash has not 32 bytes"))
}

/// What the store remembers of the chain's end.
enum Remembered {
    /// It goes so far.
    Upto(Head),
    /// It never was asked to.
    Nothing,
    /// What it remembered is gone or forged.
    Lost,
}

fn opened(seal: &Seal, body: &[u8]) -> Option<Head> {
    let plain = seal.open(&HEAD_LABEL, body)?;
    let (number, hash) = plain.split_first_chunk::<8>()?;
    Some(Head { number: u64::from_le_bytes(*number), hash: Digest(hash.try_into().ok()?) })
}

/// The last row of the table: its number, hash and form.
fn last(db: &dyn Sql) -> Result<Option<(Head, u64)>, SqlError> {
    let sql = "SELECT number, hash, form FROM event ORDER BY number DESC LIMIT 1";
    let Some(row) = db.find(sql, &[])? else { return Ok(None) };
    Ok(Some((Head { number: row.count(0)?, hash: digest(&row, 1)? }, row.count(2)?)))
}

fn remembered(db: &dyn Sql, seal: &Seal) -> Result<Remembered, SqlError> {
    if let Some(row) = db.find("SELECT body FROM head WHERE id = 1", &[])? {
        return Ok(opened(seal, row.bytes(0)?).map_or(Remembered::Lost, Remembered::Upto));
    }
    Ok(match last(db)? {
        Some((_, form)) if form != EventForm::First.number() => Remembered::Lost,
        _ => Remembered::Nothing,
    })
}

/// What the next event follows. After a memory that is lost nothing fits, and the chain tells of it from then on.
fn followed(db: &dyn Sql, seal: &Seal) -> Result<Option<Head>, SqlError> {
    Ok(match remembered(db, seal)? {
        Remembered::Upto(head) => Some(head),
        Remembered::Nothing => last(db)?.map(|(head, _)| head),
        Remembered::Lost => last(db)?.map(|(head, _)| Head { hash: Digest::default(), ..head }),
    })
}

/// How far the chain goes.
pub(super) fn head(db: &dyn Sql, seal: &Seal) -> Result<Option<Head>, Refusal> {
    match remembered(db, seal)? {
        Remembered::Upto(head) => Ok(Some(head)),
        Remembered::Nothing => Ok(last(db)?.map(|(head, _)| head)),
        Remembered::Lost => {
            Err(SqlError::other("what it remembers of the chain's end is gone or forged").into())
        }
    }
}

/// Appends events; tells the number of the last one.
pub(super) fn record(db: &dyn Sql, seal: &Seal, events: &[Event]) -> Result<u64, Refusal> {
    // One at a time: the next one's hash depends on this one.
    db.query("SELECT id FROM estate /* FOR UPDATE */", &[])?;
    let mut head = followed(db, seal)?;
    let chained = events.iter().map(|event| {
        let record = chain::chain(seal.estate(), head, event.clone());
        head = Some(Head { number: record.number, hash: record.hash });
        record
    });
    let records: Vec<EventRecord> = chained.collect();
    let rows = records.iter().map(|EventRecord { number, form, event, before, hash }| {
        params![
            *number,
            event.at_ms,
            event.who.as_str(),
            &event.what,
            event.stack.as_deref(),
            event.plan.as_deref(),
            event.serials.map(|serials| serials.0),
            event.serials.map(|serials| serials.1),
            &event.detail,
            &before.0[..],
            &hash.0[..],
            form.number(),
            event.environment.as_deref(),
            event.object.as_deref(),
        ]
        .to_vec()
    });
    db.execute_each(
        "INSERT INTO event (number, at_ms, who, what, stack, plan, serial_before, serial_after,
                            detail, before, hash, form, environment, object)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
        &rows.collect::<Vec<_>>(),
    )?;
    let Some(head) = head else { return Ok(0) };
    let plain = [&head.number.to_le_bytes()[..], &head.hash.0].concat();
    db.execute(
        "INSERT INTO head (id, body) VALUES (1, ?1)
         ON CONFLICT (id) DO UPDATE SET body = excluded.body",
        params![&seal.seal(&HEAD_LABEL, &plain)],
    )?;
    Ok(head.number)
}

/// Appends what a batch's entries say for the audit, but for entries that were refused.
pub(crate) fn of_batch(
    db: &dyn Sql,
    seal: &Seal,
    batch: &[Submission],
    results: &[Result<(), JournalFailure>],
) -> Result<(), Refusal> {
    let taken = batch.iter().zip(results).filter(|(_, result)| result.is_ok());
    let events: Vec<Event> =
        taken.flat_map(|(submission, _)| submission.events.iter().cloned()).collect();
    if events.is_empty() { Ok(()) } else { record(db, seal, &events).map(drop) }
}

fn read(row: &Row) -> Result<EventRecord, SqlError> {
    let serials = row.some(6, Row::count)?.zip(row.some(7, Row::count)?);
    let event = Event {
        at_ms: row.count(1)?,
        who: Who::from(row.shared(2)?),
        what: row.shared(3)?,
        stack: row.some(4, Row::shared)?,
        plan: row.some(5, Row::shared)?,
        serials,
        detail: row.shared(8)?,
        environment: row.some(12, Row::shared)?,
        object: row.some(13, Row::shared)?,
    };
    let form = EventForm::of_number(row.count(11)?)
        .ok_or_else(|| SqlError::other("an event has a form that this version does not know"))?;
    let (before, hash) = (digest(row, 9)?, digest(row, 10)?);
    Ok(EventRecord { number: row.count(0)?, form, event, before, hash })
}

fn rows(db: &dyn Sql, from: u64, count_max: usize) -> Result<Vec<Row>, SqlError> {
    let sql = "SELECT number, at_ms, who, what, stack, plan, serial_before, serial_after, detail,
                      before, hash, form, environment, object
               FROM event WHERE number >= ?1 ORDER BY number LIMIT ?2";
    db.query(sql, params![from, count_max as u64])
}

pub(super) fn events(
    db: &dyn Sql,
    from: u64,
    count_max: usize,
) -> Result<Vec<EventRecord>, SqlError> {
    rows(db, from, count_max)?.iter().map(read).collect()
}

/// Checks the whole chain; tells how many events there are.
pub(super) fn verify(db: &dyn Sql, seal: &Seal) -> Result<Result<u64, ChainError>, SqlError> {
    let broken = |number, kind| Ok(Err(ChainError::Broken(Fault { number, kind })));
    let remembered = remembered(db, seal)?;
    let mut check = ChainCheck::new(seal.estate());
    if let Remembered::Upto(head) = remembered {
        check.remember(head, Memory::Store);
    }
    let mut from = 0;
    loop {
        let batch = rows(db, from, BATCH)?;
        if batch.is_empty() {
            break;
        }
        for row in &batch {
            from = row.count(0)? + 1;
            // A row whose cells are of no event at all was changed like any other.
            let Ok(record) = read(row) else {
                let number = check.head().map_or(1, |head| head.number + 1);
                return broken(number, FaultKind::Changed);
            };
            if let Err(fault) = check.take(&record) {
                return Ok(Err(ChainError::Broken(fault)));
            }
        }
    }
    let last = check.head().map_or(0, |head| head.number);
    match remembered {
        Remembered::Lost => return broken(last, FaultKind::HeadMissing),
        Remembered::Upto(head) if last > head.number => {
            return broken(head.number + 1, FaultKind::Extra);
        }
        Remembered::Nothing if check.has_second_form() => {
            return broken(last, FaultKind::HeadMissing);
        }
        _ => {}
    }
    Ok(check.end().map_err(ChainError::Broken))
}

pub(super) fn put_signed(db: &dyn Sql, signed: &SignedHead) -> Result<Put, SqlError> {
    let touched = db.execute(
        "INSERT INTO signed_head (number, signer, body) VALUES (?1, ?2, ?3)
         ON CONFLICT (number, signer) DO NOTHING",
        params![signed.number, &signed.signer, &signed.body],
    )?;
    Ok(if touched == 1 { Put::Kept } else { Put::Already })
}

pub(super) fn signed(db: &dyn Sql) -> Result<Vec<SignedHead>, SqlError> {
    let sql = "SELECT number, signer, body FROM signed_head ORDER BY number, signer";
    let read = |row: &Row| {
        Ok(SignedHead { number: row.count(0)?, signer: row.shared(1)?, body: row.shared(2)? })
    };
    db.query(sql, &[])?.iter().map(read).collect()
}
