//! A stack as a whole: what is kept with it, giving all of it to another stack, and forgetting it.
//!
//! Rows are bound to their stack's address, so what moves is sealed anew.
//! Invariant: nothing is moved or forgotten while a journal is open.

use state::journal::OutputChange;

use super::super::seal::{Label, Seal};
use super::super::sql::{Refusal, Sql, params};
use super::{Change, StackRow, has_journal, read, read_in_doubt, settle_journal};
use crate::error::WriteError;
use crate::key::StackKey;

fn snapshot_label(stack: &StackKey) -> Label<'_> {
    Label { kind: "snapshot", stack: stack.as_str(), lineage: "", serial: 0, name: "" }
}

/// Keeps something with a stack.
pub(in crate::database) fn put_snapshot(
    db: &dyn Sql,
    seal: &Seal,
    stack: &StackRow,
    snapshot: &[u8],
) -> Result<(), Refusal> {
    let sealed = seal.seal(&snapshot_label(&stack.key), snapshot);
    db.execute(
        "INSERT INTO snapshot VALUES (?1, ?2)
         ON CONFLICT (stack) DO UPDATE SET body = excluded.body",
        params![stack.id, &sealed],
    )?;
    Ok(())
}

/// What is kept with a stack.
pub(in crate::database) fn read_snapshot(
    db: &dyn Sql,
    seal: &Seal,
    stack: &StackRow,
) -> Result<Option<Vec<u8>>, Refusal> {
    let found = db.find("SELECT body FROM snapshot WHERE stack = ?1", params![stack.id])?;
    let Some(row) = found else { return Ok(None) };
    let opened = seal.open(&snapshot_label(&stack.key), row.bytes(0)?);
    opened.map(Some).ok_or_else(|| stack.damaged("what is kept with it does not open"))
}

/// Gives everything that is stored of one stack to another.
pub(in crate::database) fn rename(
    db: &dyn Sql,
    seal: &Seal,
    from: &StackRow,
    to: &StackRow,
) -> Result<(), Refusal> {
    if has_journal(db, from)? || has_journal(db, to)? {
        return Err(WriteError::JournalOpen.into());
    }
    if !to.lineage.is_empty() || !read_in_doubt(db, seal, to)?.is_empty() {
        return Err(WriteError::Taken { stack: to.key.clone() }.into());
    }
    let (state, stale) = read(db, seal, from)?;
    let in_doubt = read_in_doubt(db, seal, from)?;
    let snapshot = read_snapshot(db, seal, from)?;
    forget(db, from)?;
    if !state.lineage.is_empty() {
        let mut change = Change::begin(db, seal, to.clone())?;
        change.advance(&state)?;
        change.put_objects(state.rows().map(|(at, row)| (at, Some(row))))?;
        for (name, output) in &state.outputs {
            change.publish(&OutputChange::Set(name.clone(), output.clone()))?;
        }
        stale.iter().try_for_each(|name| change.publish(&OutputChange::Stale(name.clone())))?;
        change.finish()?;
    }
    settle_journal(db, seal, &to.clone().at(state.serial), &in_doubt)?;
    snapshot.iter().try_for_each(|snapshot| put_snapshot(db, seal, to, snapshot))
}

/// Removes everything of a stack but its fencing number.
pub(in crate::database) fn forget(db: &dyn Sql, stack: &StackRow) -> Result<(), Refusal> {
    if has_journal(db, stack)? {
        return Err(WriteError::JournalOpen.into());
    }
    for sql in [
        "DELETE FROM object WHERE stack = ?1",
        "DELETE FROM dependencies WHERE stack = ?1",
        "DELETE FROM output WHERE stack = ?1",
        "DELETE FROM doubt WHERE stack = ?1",
        "DELETE FROM snapshot WHERE stack = ?1",
        "UPDATE stack SET lineage = '', serial = 0, header = NULL WHERE id = ?1",
    ] {
        db.execute(sql, params![stack.id])?;
    }
    Ok(())
}
