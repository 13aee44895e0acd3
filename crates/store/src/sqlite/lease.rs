//! Leases in a database: one row per stack that is held, and a fencing number per stack that only rises.
//!
//! Clocks of hosts are never compared: a holder elsewhere is believed gone when its heartbeat was seen not to move for
//! the lease's time, measured here.
//! Invariant: the row and the fencing number change together, in one transaction.

use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension as _, params};

use super::db::Refusal;
use super::rows;
use crate::error::{LockError, WriteError};
use crate::key::StackKey;
use crate::lease::{Holder, Lease, LockRequest, Process};
use crate::world::World;

/// What is asked for.
pub(super) struct Asked {
    pub(super) stack: StackKey,
    pub(super) request: LockRequest,
    pub(super) me: Process,
    pub(super) now_ms: u64,
}

/// Holders elsewhere as they were last seen: fencing number, count of heartbeats, and since when (monotonic) they did
/// not change.
pub(super) type Seen = HashMap<StackKey, (u64, u64, u64)>;

/// A lease row and its count of heartbeats.
fn row(db: &Connection, stack: &StackKey) -> rusqlite::Result<Option<(Holder, u64)>> {
    db.prepare_cached(
        "SELECT request_id, operation, info, who, version, host, pid, started, since_ms,
                heartbeat_ms, lease.fence, heartbeat
         FROM lease JOIN stack ON stack.id = lease.stack WHERE stack.address = ?1",
    )?
    .query_row([stack.as_str()], |row| {
        let text = |index| row.get::<_, String>(index).map(std::sync::Arc::from);
        let request = LockRequest {
            id: text(0)?,
            operation: text(1)?,
            info: text(2)?,
            who: text(3)?,
            version: text(4)?,
        };
        let process = Process { host: text(5)?, pid: row.get(6)?, started: text(7)? };
        let holder = Holder {
            request,
            process: Some(process),
            since_ms: row.get(8)?,
            heartbeat_ms: row.get(9)?,
            fence: row.get(10)?,
        };
        Ok((holder, row.get(11)?))
    })
    .optional()
}

/// Who has the lease, living or not.
pub(super) fn holder(db: &Connection, stack: &StackKey) -> rusqlite::Result<Option<Holder>> {
    Ok(row(db, stack)?.map(|(holder, _)| holder))
}

/// Whether a holder is not known to be gone.
pub(super) fn may_live(holder: &Holder, world: &dyn World) -> bool {
    holder.process.as_ref().is_none_or(|process| world.lives(process))
}

/// Takes the lease; tells the fencing number.
pub(super) fn acquire(
    db: &Connection,
    asked: &Asked,
    world: &dyn World,
    seen: &mut Seen,
    monotonic_ms: u64,
    lease_ms: u64,
) -> Result<u64, Refusal> {
    let Asked { stack, request, me, now_ms } = asked;
    if let Some((holder, beats)) = row(db, stack)? {
        let elsewhere = holder.process.as_ref().is_some_and(|process| process.host != me.host);
        let silent = elsewhere && {
            let new = (holder.fence, beats, monotonic_ms);
            let entry = seen.entry(stack.clone()).or_insert(new);
            if (entry.0, entry.1) != (new.0, new.1) {
                *entry = new;
            }
            monotonic_ms - entry.2 >= lease_ms
        };
        if may_live(&holder, world) && !silent {
            return Err(Refusal::Lock(LockError::Held(Box::new(holder))));
        }
    }
    seen.remove(stack);
    db.prepare_cached("INSERT OR IGNORE INTO stack (address) VALUES (?1)")?
        .execute([stack.as_str()])?;
    let (id, fence) = raise(db, stack)?;
    db.prepare_cached(
        "INSERT OR REPLACE INTO lease
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, 0, ?11)",
    )?
    .execute(params![
        id,
        fence,
        &*request.id,
        &*request.operation,
        &*request.info,
        &*request.who,
        &*request.version,
        &*me.host,
        me.pid,
        &*me.started,
        now_ms,
    ])?;
    Ok(fence)
}

/// Raises a stack's fencing number; tells its row and the number.
fn raise(db: &Connection, stack: &StackKey) -> rusqlite::Result<(i64, u64)> {
    db.prepare_cached("UPDATE stack SET fence = fence + 1 WHERE address = ?1 RETURNING id, fence")?
        .query_row([stack.as_str()], |row| Ok((row.get(0)?, row.get(1)?)))
}

/// Says that the holder lives.
pub(super) fn beat(db: &Connection, lease: &Lease, now_ms: u64) -> Result<(), Refusal> {
    let stack = rows::fenced(db, lease)?;
    let changed = db
        .prepare_cached(
            "UPDATE lease SET heartbeat = heartbeat + 1, heartbeat_ms = ?3
             WHERE stack = ?1 AND fence = ?2",
        )?
        .execute(params![stack.id, lease.fence(), now_ms])?;
    if changed == 1 {
        return Ok(());
    }
    let (stack, ours, highest) = (lease.stack().clone(), lease.fence(), stack.fence);
    Err(WriteError::Fenced { stack, ours, highest }.into())
}

/// Gives the lease back, if it is still ours.
pub(super) fn release(db: &Connection, lease: &Lease) -> Result<(), Refusal> {
    db.prepare_cached(
        "DELETE FROM lease WHERE fence = ?2
         AND stack = (SELECT id FROM stack WHERE address = ?1)",
    )?
    .execute(params![lease.stack().as_str(), lease.fence()])?;
    Ok(())
}

/// Takes the lease from whoever has it, and leaves it free.
pub(super) fn break_lock(db: &Connection, stack: &StackKey) -> Result<Option<Holder>, Refusal> {
    let Some(holder) = holder(db, stack)? else { return Ok(None) };
    let (id, _) = raise(db, stack)?;
    db.prepare_cached("DELETE FROM lease WHERE stack = ?1")?.execute([id])?;
    Ok(Some(holder))
}
