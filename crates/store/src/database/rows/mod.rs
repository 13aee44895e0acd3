//! The rows of one stack: reading them into a state, and writing what changed.
//!
//! `read` and `change` do the one and the other, `journal` keeps entries and what is in doubt, `whole` moves and
//! forgets stacks. Everything here runs inside somebody's transaction.
//! Invariants: the sum in the sealed header is that of all sealed rows of objects and outputs, so that a row taken out
//! or put back is noticed; nothing is written unless the fencing number is the stack's highest.

mod change;
mod journal;
mod read;
mod whole;

use std::sync::Arc;

use state::CheckResult;
use state::codec::{self, Code, Input};

use super::seal::{Label, Seal};
use super::sql::{Refusal, Row, Sql, SqlError, params};
use crate::error::{LoadError, WriteError};
use crate::key::StackKey;
use crate::lease::Lease;

pub(super) use change::Change;
pub(crate) use journal::append;
pub(super) use journal::{has_journal, put_records, read_in_doubt, read_records, settle_journal};
pub(super) use read::{read, read_outputs};
pub(super) use whole::{forget, put_snapshot, read_snapshot, rename};

/// What reads all rows of a stack but its own, each by the number of that.
pub(super) const STACK_SQLS: [&str; 5] = [
    read::LISTS_SQL,
    read::OBJECTS_SQL,
    read::OUTPUTS_SQL,
    journal::RECORDS_SQL,
    journal::DOUBTS_SQL,
];

/// A stack's own row.
#[derive(Clone, Debug)]
pub(super) struct StackRow {
    pub(super) id: i64,
    pub(super) key: StackKey,
    pub(super) lineage: String,
    pub(super) serial: u64,
    pub(super) fence: u64,
    /// The request that its lease was granted to, where somebody has it.
    request: Option<Arc<str>>,
    header: Option<Vec<u8>>,
}

/// What the header holds, sealed.
#[derive(Clone, Debug, Default)]
struct Header {
    version: Arc<str>,
    checks: Vec<CheckResult>,
    sum: [u8; 32],
}

/// The stack's row, if it has one.
pub(super) fn find(db: &dyn Sql, stack: &StackKey) -> Result<Option<StackRow>, SqlError> {
    find_by(
        db,
        stack,
        "SELECT stack.id, lineage, serial, stack.fence, header, request_id
         FROM stack LEFT JOIN lease ON lease.stack = stack.id AND lease.fence = stack.fence
         WHERE address = ?1",
    )
}

/// The same, kept from others until the transaction ends.
pub(super) fn find_locked(db: &dyn Sql, stack: &StackKey) -> Result<Option<StackRow>, SqlError> {
    find_by(
        db,
        stack,
        "SELECT stack.id, lineage, serial, stack.fence, header, request_id
         FROM stack LEFT JOIN lease ON lease.stack = stack.id AND lease.fence = stack.fence
         WHERE address = ?1 /* FOR UPDATE OF stack */",
    )
}

fn find_by(
    db: &dyn Sql,
    stack: &StackKey,
    sql: &'static str,
) -> Result<Option<StackRow>, SqlError> {
    let Some(row) = db.find(sql, params![stack.as_str()])? else { return Ok(None) };
    Ok(Some(StackRow {
        id: row.int(0)?,
        key: stack.clone(),
        lineage: row.text(1)?.to_owned(),
        serial: row.count(2)?,
        fence: row.count(3)?,
        header: row.some(4, Row::bytes)?.map(<[u8]>::to_vec),
        request: row.some(5, Row::shared)?,
    }))
}

/// The stack's row, if the lease is still good. It stays so until the transaction ends.
pub(super) fn fenced(db: &dyn Sql, lease: &Lease) -> Result<StackRow, Refusal> {
    checked(find_locked(db, lease.stack())?, lease)
}

/// The stack's row, if the lease is still good now: for reading.
pub(super) fn fenced_now(db: &dyn Sql, lease: &Lease) -> Result<StackRow, Refusal> {
    checked(find(db, lease.stack())?, lease)
}

fn checked(found: Option<StackRow>, lease: &Lease) -> Result<StackRow, Refusal> {
    match found {
        Some(row) if row.is_held_by(lease.fence(), &lease.request().id) => Ok(row),
        found => {
            let highest = found.map_or(0, |row| row.fence);
            let (stack, ours) = (lease.stack().clone(), lease.fence());
            Err(WriteError::Fenced { stack, ours, highest }.into())
        }
    }
}

impl StackRow {
    /// Whether this number and this request have the stack's lease. The number alone could be another stack's, or that
    /// of a lease that was given back.
    fn is_held_by(&self, fence: u64, request: &str) -> bool {
        self.fence == fence && self.request.as_deref() == Some(request)
    }

    /// The same stack at another serial.
    pub(super) fn at(self, serial: u64) -> StackRow {
        StackRow { serial, ..self }
    }

    fn label<'a>(&'a self, kind: &'static str, serial: u64, name: &'a str) -> Label<'a> {
        let (stack, lineage) = (self.key.as_str(), self.lineage.as_str());
        Label { kind, stack, lineage, serial, name }
    }

    fn damaged(&self, what: impl Into<String>) -> Refusal {
        LoadError::Damaged { stack: self.key.clone(), what: what.into() }.into()
    }

    fn header(&self, seal: &Seal) -> Result<Header, Refusal> {
        let Some(sealed) = &self.header else { return Ok(Header::default()) };
        let plain = seal
            .open(&self.label("header", self.serial, ""), sealed)
            .ok_or_else(|| self.damaged("its header does not open"))?;
        let (sum, rest) =
            plain.split_at_checked(32).ok_or_else(|| self.damaged("its header is cut"))?;
        let (version, checks) = codec::decode::<Pair<Arc<str>, Vec<CheckResult>>>(rest)
            .map(|pair| (pair.0, pair.1))
            .map_err(|error| self.damaged(format!("its header: {error}")))?;
        let sum = sum.try_into().expect("BUG: 32 bytes were split off");
        Ok(Header { version, checks, sum })
    }

    fn put_header(&self, db: &dyn Sql, seal: &Seal, header: &Header) -> Result<(), SqlError> {
        let mut plain = header.sum.to_vec();
        header.version.put(&mut plain);
        header.checks.put(&mut plain);
        let sealed = seal.seal(&self.label("header", self.serial, ""), &plain);
        db.execute(
            "UPDATE stack SET lineage = ?2, serial = ?3, header = ?4 WHERE id = ?1",
            params![self.id, &self.lineage, self.serial, &sealed],
        )?;
        Ok(())
    }
}

/// Two things, one behind the other.
struct Pair<A, B>(A, B);

impl<A: Code, B: Code> Code for Pair<A, B> {
    fn put(&self, out: &mut Vec<u8>) {
        self.0.put(out);
        self.1.put(out);
    }
    fn take(input: &mut Input<'_>) -> codec::Decoded<Self> {
        Ok(Pair(A::take(input)?, B::take(input)?))
    }
}

/// What an object's seal binds beside the stack: its address, deposed key and list of dependencies.
fn item_name(place: &str, deposed: &str, list: &[u8]) -> String {
    let list: String = list.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{place}\n{deposed}\n{list}")
}

/// What an output's seal binds beside the stack.
fn output_name(name: &str, stale: bool) -> String {
    format!("{name}\n{}", u8::from(stale))
}
