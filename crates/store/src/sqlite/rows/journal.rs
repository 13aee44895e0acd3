//! A stack's journal, and what is in doubt from earlier ones.
//!
//! Invariant: entries are numbered without gaps, and each opens only under its own number.

use rusqlite::{Connection, params};
use state::journal::{self, Entry, InDoubt, Record, RunId, Seq};

use super::super::db::Refusal;
use super::super::seal::{Label, Seal};
use super::{Change, StackRow, find};
use crate::commit::{JournalFailure, Rescued, Submission};

/// Appends entries to the journal of their stack, publishing outputs that are among them.
pub(in crate::sqlite) fn append(
    db: &Connection,
    seal: &Seal,
    submission: &Submission,
) -> Result<Result<(), JournalFailure>, Refusal> {
    let journal = &submission.journal;
    let found = find(db, &journal.stack)?;
    let stack = match found {
        Some(row) if row.fence == journal.fence => row,
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
pub(in crate::sqlite) fn put_records(
    db: &Connection,
    seal: &Seal,
    stack: &StackRow,
    records: &[Record],
) -> Result<(), Refusal> {
    let mut statement = db.prepare_cached("INSERT INTO journal VALUES (?1, ?2, ?3)")?;
    for record in records {
        let mut plain = Vec::new();
        journal::encode_body(&mut plain, record.seq, &record.run, &record.entry);
        let name = record.seq.0.to_string();
        let sealed = seal.seal(&stack.label("journal", stack.serial, &name), &plain);
        statement.execute(params![stack.id, record.seq.0, sealed])?;
    }
    Ok(())
}

/// The journal of a stack.
pub(in crate::sqlite) fn read_records(
    db: &Connection,
    seal: &Seal,
    stack: &StackRow,
) -> Result<Vec<Record>, Refusal> {
    let mut statement =
        db.prepare_cached("SELECT number, body FROM journal WHERE stack = ?1 ORDER BY number")?;
    let mut rows = statement.query([stack.id])?;
    let mut records: Vec<Record> = Vec::new();
    while let Some(row) = rows.next()? {
        let number: u64 = row.get(0)?;
        let name = number.to_string();
        let damaged = || stack.damaged(format!("entry {number} of its journal does not open"));
        let label = stack.label("journal", stack.serial, &name);
        let sealed = row.get_ref(1)?.as_blob().unwrap_or_default();
        let plain = seal.open(&label, sealed).ok_or_else(damaged)?;
        let record = journal::decode_body(&plain).map_err(|_| damaged())?;
        let due = records.last().map_or(Seq::OPEN, |last| last.seq.next());
        if record.seq != due || number != due.0 {
            return Err(stack.damaged(format!("entry {} of its journal is missing", due.0)));
        }
        records.push(record);
    }
    Ok(records)
}

/// Whether a stack has a journal.
pub(in crate::sqlite) fn has_journal(db: &Connection, stack: &StackRow) -> rusqlite::Result<bool> {
    db.prepare_cached("SELECT 1 FROM journal WHERE stack = ?1 LIMIT 1")?.exists([stack.id])
}

/// Removes the journal of a stack, and keeps what is in doubt.
pub(in crate::sqlite) fn settle_journal(
    db: &Connection,
    seal: &Seal,
    stack: &StackRow,
    in_doubt: &[InDoubt],
) -> Result<(), Refusal> {
    db.prepare_cached("DELETE FROM journal WHERE stack = ?1")?.execute([stack.id])?;
    db.prepare_cached("DELETE FROM doubt WHERE stack = ?1")?.execute([stack.id])?;
    let mut statement = db.prepare_cached("INSERT INTO doubt VALUES (?1, ?2, ?3, ?4)")?;
    for (number, doubt) in (1u64..).zip(in_doubt) {
        let entry = Entry::InDoubt(Box::new(doubt.clone()));
        let mut plain = Vec::new();
        journal::encode_body(&mut plain, Seq(number), &RunId::new("kept"), &entry);
        let name = number.to_string();
        // A stack in doubt may never have been written, so its lineage is not known yet.
        let label = Label { lineage: "", ..stack.label("doubt", stack.serial, &name) };
        let sealed = seal.seal(&label, &plain);
        statement.execute(params![stack.id, number, stack.serial, sealed])?;
    }
    Ok(())
}

/// What is in doubt from earlier runs.
pub(in crate::sqlite) fn read_in_doubt(
    db: &Connection,
    seal: &Seal,
    stack: &StackRow,
) -> Result<Vec<InDoubt>, Refusal> {
    let mut statement = db.prepare_cached(
        "SELECT number, serial, body FROM doubt WHERE stack = ?1 ORDER BY number",
    )?;
    let mut rows = statement.query([stack.id])?;
    let mut in_doubt = Vec::new();
    while let Some(row) = rows.next()? {
        let (number, serial): (u64, u64) = (row.get(0)?, row.get(1)?);
        let name = number.to_string();
        let label = Label { lineage: "", ..stack.label("doubt", serial, &name) };
        let sealed = row.get_ref(2)?.as_blob().unwrap_or_default();
        let record = seal.open(&label, sealed).and_then(|plain| journal::decode_body(&plain).ok());
        match record.map(|record| record.entry) {
            Some(Entry::InDoubt(doubt)) => in_doubt.push(*doubt),
            _ => return Err(stack.damaged(format!("op {number} in doubt does not open"))),
        }
    }
    Ok(in_doubt)
}
