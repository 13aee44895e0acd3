//! Leases in a database: one row per stack that is held, and a fencing number per stack that only rises.
//!
//! Clocks of hosts are never compared. Where the database has a clock that all share, a holder elsewhere is believed
//! gone when its heartbeat is older than the lease's time by that; otherwise when it was seen not to move for as long,
//! measured here.
//! Invariant: the row and the fencing number change together, in one transaction.

use std::collections::HashMap;

use super::rows;
use super::sql::{Refusal, Sql, SqlError, params};
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
fn row(db: &dyn Sql, stack: &StackKey) -> Result<Option<(Holder, u64)>, SqlError> {
    let found = db.find(
        "SELECT request_id, operation, info, who, version, host, pid, started, since_ms,
                heartbeat_ms, lease.fence, heartbeat
         FROM lease JOIN stack ON stack.id = lease.stack WHERE stack.address = ?1",
        params![stack.as_str()],
    )?;
    let Some(row) = found else { return Ok(None) };
    let request = LockRequest {
        id: row.shared(0)?,
        operation: row.shared(1)?,
        info: row.shared(2)?,
        who: row.shared(3)?,
        version: row.shared(4)?,
    };
    let pid = u32::try_from(row.count(6)?).unwrap_or_default();
    let process = Process { host: row.shared(5)?, pid, started: row.shared(7)? };
    let holder = Holder {
        request,
        process: Some(process),
        since_ms: row.count(8)?,
        heartbeat_ms: row.count(9)?,
        fence: row.count(10)?,
    };
    Ok(Some((holder, row.count(11)?)))
}

/// Who has the lease, living or not.
pub(super) fn holder(db: &dyn Sql, stack: &StackKey) -> Result<Option<Holder>, SqlError> {
    Ok(row(db, stack)?.map(|(holder, _)| holder))
}

/// Whether a holder is not known to be gone.
pub(super) fn may_live(holder: &Holder, world: &dyn World) -> bool {
    holder.process.as_ref().is_none_or(|process| world.lives(process))
}

/// Takes the lease; tells the fencing number.
pub(super) fn acquire(
    db: &dyn Sql,
    asked: &Asked,
    world: &dyn World,
    seen: &mut Seen,
    monotonic_ms: u64,
    lease_ms: u64,
) -> Result<u64, Refusal> {
    let Asked { stack, request, me, now_ms } = asked;
    db.execute(
        "INSERT INTO stack (address) VALUES (?1) ON CONFLICT (address) DO NOTHING",
        params![stack.as_str()],
    )?;
    // From here on nobody else takes it.
    rows::find_locked(db, stack)?;
    let clock_ms = db.clock_ms()?;
    if let Some((holder, beats)) = row(db, stack)? {
        let elsewhere = holder.process.as_ref().is_some_and(|process| process.host != me.host);
        let silent_ms = match clock_ms {
            Some(clock_ms) => clock_ms.saturating_sub(holder.heartbeat_ms),
            None => unmoved_ms(seen, stack, (holder.fence, beats), monotonic_ms),
        };
        let silent = elsewhere && silent_ms >= lease_ms;
        if may_live(&holder, world) && !silent {
            return Err(Refusal::Lock(LockError::Held(Box::new(holder))));
        }
    }
    seen.remove(stack);
    let (id, fence) = raise(db, stack)?;
    db.execute("DELETE FROM lease WHERE stack = ?1", params![id])?;
    db.execute(
        "INSERT INTO lease VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, 0, ?11)",
        params![
            id,
            fence,
            &request.id,
            &request.operation,
            &request.info,
            &request.who,
            &request.version,
            &me.host,
            me.pid,
            &me.started,
            clock_ms.unwrap_or(*now_ms),
        ],
    )?;
    Ok(fence)
}

/// How long a holder's heartbeat was seen not to move, where no clock is shared.
fn unmoved_ms(
    seen: &mut Seen,
    stack: &StackKey,
    (fence, beats): (u64, u64),
    monotonic_ms: u64,
) -> u64 {
    let new = (fence, beats, monotonic_ms);
    let entry = seen.entry(stack.clone()).or_insert(new);
    if (entry.0, entry.1) != (new.0, new.1) {
        *entry = new;
    }
    monotonic_ms - entry.2
}

/// Raises a stack's fencing number; tells its row and the number.
fn raise(db: &dyn Sql, stack: &StackKey) -> Result<(i64, u64), SqlError> {
    let raised = db.find(
        "UPDATE stack SET fence = fence + 1 WHERE address = ?1 RETURNING id, fence",
        params![stack.as_str()],
    )?;
    let row = raised.ok_or_else(|| SqlError::other(format!("the row of {stack} is gone")))?;
    Ok((row.int(0)?, row.count(1)?))
}

/// Says that the holder lives.
pub(super) fn beat(db: &dyn Sql, lease: &Lease, now_ms: u64) -> Result<(), Refusal> {
    let stack = rows::fenced(db, lease)?;
    let now_ms = db.clock_ms()?.unwrap_or(now_ms);
    let changed = db.execute(
        "UPDATE lease SET heartbeat = heartbeat + 1, heartbeat_ms = ?3
         WHERE stack = ?1 AND fence = ?2",
        params![stack.id, lease.fence(), now_ms],
    )?;
    if changed == 1 {
        return Ok(());
    }
    let (stack, ours, highest) = (lease.stack().clone(), lease.fence(), stack.fence);
    Err(WriteError::Fenced { stack, ours, highest }.into())
}

/// Gives the lease back, if it is still ours.
pub(super) fn release(db: &dyn Sql, lease: &Lease) -> Result<(), Refusal> {
    db.execute(
        "DELETE FROM lease WHERE fence = ?2
         AND stack = (SELECT id FROM stack WHERE address = ?1)",
        params![lease.stack().as_str(), lease.fence()],
    )?;
    Ok(())
}

/// Takes the lease from whoever has it, and leaves it free.
pub(super) fn break_lock(db: &dyn Sql, stack: &StackKey) -> Result<Option<Holder>, Refusal> {
    rows::find_locked(db, stack)?;
    let Some(holder) = holder(db, stack)? else { return Ok(None) };
    let (id, _) = raise(db, stack)?;
    db.execute("DELETE FROM lease WHERE stack = ?1", params![id])?;
    Ok(Some(holder))
}
