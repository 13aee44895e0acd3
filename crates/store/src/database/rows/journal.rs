//! A stack's journal, and what is in doubt from earlier ones.
//!
//! Invariant: entries are numbered without gaps, and each opens only under its own number.

use state::journal::{self, Entry, InDoubt, Record, RunId, Seq};

use super::super::seal::{Label, Seal};
use super::super::sql::{Refusal, Row, Sql, SqlError, params};
use super::{Change, StackRow, find_locked};
use crate::commit::{JournalFailure, Rescued, Submission};

pub(super) const RECORDS_SQL: &str =
    "SELECT number, body FROM journal WHERE stack = ?1 ORDER BY number";
pub(super) const DOUBTS_SQL: &str =
    "SELECT number, serial, body FROM doubt WHERE stack = ?1 ORDER BY number";

/// Appends entries to the journal of their stack, publishing outputs that are among them.
pub(crate) fn append(
    db: &dyn Sql,
    seal: &Seal,
    submission: &Submission,
) -> Result<Result<(), JournalFailure>, Refusal> {
    let journal = &submission.journal;
    let found = find_locked(db, &journal.stack)?;
    let stack = match found {
        Some(row) if row.is_held_by(journal.fence, &journal.request) => row,
        found => {
            return Ok(Err(JournalFailure::Fenced {
                stack: journal.stack.clone(),
                ours: journal.fence,
                highest: found.map_or(0, |row| row.fence),
                rescued: Rescued::Nothing,
            }));
        }
    };
    put_records(db, seal, &stack, &submission.records)?;
    let changes = submission.records.iter().filter_map(|record| match &record.entry {
        Entry::Outputs(changes) => Some(changes),
        _ => None,
    });
    let mut changes = changes.flatten().peekable();
    if changes.peek().is_some() {
        let mut change = Change::begin(db, seal, stack)?;
        changes.try_for_each(|output| change.publish(output))?;
        change.finish()?;
    }
    Ok(Ok(()))
}

/// Writes entries into the journal of a stack.
pub(in crate::database) fn put_records(
    db: &dyn Sql,
    seal: &Seal,
    stack: &StackRow,
    records: &[Record],
) -> Result<(), Refusal> {
    let sealed = records.iter().map(|record| {
        let mut plain = Vec::new();
        journal::encode_body(&mut plain, record.seq, &record.run, &record.entry);
        let name = record.seq.0.to_string();
        seal.seal(&stack.label("journal", stack.serial, &name), &plain)
    });
    let sealed: Vec<Vec<u8>> = sealed.collect();
    let values = records.iter().zip(&sealed);
    let values = values.map(|(record, sealed)| params![stack.id, record.seq.0, sealed].to_vec());
    let touched = db.execute_each(
        "INSERT INTO journal VALUES (?1, ?2, ?3) ON CONFLICT (stack, number) DO NOTHING",
        &values.collect::<Vec<_>>(),
    )?;
    let taken = records.iter().zip(touched).filter(|(_, rows)| *rows == 0);
    taken.map(|(record, _)| record).try_for_each(|record| there_already(db, seal, stack, record))
}

/// An entry whose number is taken is there already, where it is the same entry of the same run.
fn there_already(
    db: &dyn Sql,
    seal: &Seal,
    stack: &StackRow,
    record: &Record,
) -> Result<(), Refusal> {
    let sql = "SELECT number, body FROM journal WHERE stack = ?1 AND number = ?2";
    let found = db.find(sql, params![stack.id, record.seq.0])?;
    let found = found.map(|row| opened(seal, stack, &row)).transpose()?;
    if found.as_ref() == Some(record) {
        return Ok(());
    }
    let what = format!("entry {} of its journal is one of another run", record.seq.0);
    Err(stack.damaged(what))
}

fn opened(seal: &Seal, stack: &StackRow, row: &Row) -> Result<Record, Refusal> {
    let number = row.count(0)?;
    let name = number.to_string();
    let damaged = || stack.damaged(format!("entry {number} of its journal does not open"));
    let label = stack.label("journal", stack.serial, &name);
    let plain = seal.open(&label, row.bytes(1)?).ok_or_else(damaged)?;
    journal::decode_body(&plain).map_err(|_| damaged())
}

/// The journal of a stack.
pub(in crate::database) fn read_records(
    db: &dyn Sql,
    seal: &Seal,
    stack: &StackRow,
) -> Result<Vec<Record>, Refusal> {
    let mut records: Vec<Record> = Vec::new();
    for row in db.query(RECORDS_SQL, params![stack.id])? {
        let record = opened(seal, stack, &row)?;
        let due = records.last().map_or(Seq::OPEN, |last| last.seq.next());
        if record.seq != due || row.count(0)? != due.0 {
            return Err(stack.damaged(format!("entry {} of its journal is missing", due.0)));
        }
        records.push(record);
    }
    Ok(records)
}

/// Whether a stack has a journal.
pub(in crate::database) fn has_journal(db: &dyn Sql, stack: &StackRow) -> Result<bool, SqlError> {
    let sql = "SELECT number FROM journal WHERE stack = ?1 LIMIT 1";
    Ok(db.find(sql, params![stack.id])?.is_some())
}

/// Removes the journal of a stack, and keeps what is in doubt.
pub(in crate::database) fn settle_journal(
    db: &dyn Sql,
    seal: &Seal,
    stack: &StackRow,
    in_doubt: &[InDoubt],
) -> Result<(), Refusal> {
    db.execute("DELETE FROM journal WHERE stack = ?1", params![stack.id])?;
    db.execute("DELETE FROM doubt WHERE stack = ?1", params![stack.id])?;
    for (number, doubt) in (1u64..).zip(in_doubt) {
        let entry = Entry::InDoubt(Box::new(doubt.clone()));
        let mut plain = Vec::new();
        journal::encode_body(&mut plain, Seq(number), &RunId::new("kept"), &entry);
        let name = number.to_string();
        // A stack in doubt may never have been written, so its lineage is not known yet.
        let label = Label { lineage: "", ..stack.label("doubt", stack.serial, &name) };
        let sealed = seal.seal(&label, &plain);
        db.execute(
            "INSERT INTO doubt VALUES (?1, ?2, ?3, ?4)",
            params![stack.id, number, stack.serial, &sealed],
        )?;
    }
    Ok(())
}

/// What is in doubt from earlier runs.
pub(in crate::database) fn read_in_doubt(
    db: &dyn Sql,
    seal: &Seal,
    stack: &StackRow,
) -> Result<Vec<InDoubt>, Refusal> {
    let mut in_doubt = Vec::new();
    for row in db.query(DOUBTS_SQL, params![stack.id])? {
        let (number, serial) = (row.count(0)?, row.count(1)?);
        let name = number.to_string();
        let label = Label { lineage: "", ..stack.label("doubt", serial, &name) };
        let opened = seal.open(&label, row.bytes(2)?);
        let record = opened.and_then(|plain| journal::decode_body(&plain).ok());
        match record.map(|record| record.entry) {
            Some(Entry::InDoubt(doubt)) => in_doubt.push(*doubt),
            _ => return Err(stack.damaged(format!("op {number} in doubt does not open"))),
        }
    }
    Ok(in_doubt)
}
