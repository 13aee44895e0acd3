//! What an estate keeps beside its stacks: plans, and the events of the audit.
//!
//! Invariants: a plan's id is given once; an event's row carries the hash of the row before.

use std::collections::BTreeMap;
use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension as _, Row, params};
use state::Digest;

use super::db::Refusal;
use super::seal::{Label, Seal};
use super::{SqliteStore, rows};
use crate::contract::{EstateStore, PlanHead, Published, StorePlan};
use crate::error::{LoadError, PortError};
use crate::event::{self, ChainError, Event, EventRecord};
use crate::key::StackKey;

/// Stacks that have a state.
pub(super) fn stacks(db: &Connection) -> rusqlite::Result<Vec<StackKey>> {
    let mut statement =
        db.prepare_cached("SELECT address FROM stack WHERE lineage <> '' ORDER BY address")?;
    let rows = statement.query_map([], |row| row.get::<_, String>(0))?;
    rows.map(|row| row.map(|address| StackKey::from(&*address))).collect()
}

/// How a sealed file begins.
const FILE_MAGIC: &[u8] = b"strata sealed file 1\n";

const FILE_LABEL: Label<'_> = Label { kind: "file", stack: "", lineage: "", serial: 0, name: "" };

impl SqliteStore {
    /// The bytes as a file that only this estate's master key opens: for plans that leave the store.
    pub fn seal_file(&self, plain: &[u8]) -> Vec<u8> {
        [FILE_MAGIC, &self.seal.seal(&FILE_LABEL, plain)].concat()
    }

    /// What is in a sealed file of this estate.
    ///
    /// # Errors
    /// Where it is no sealed file, was sealed with another key, or was changed.
    pub fn open_file(&self, sealed: &[u8]) -> Result<Vec<u8>, FileFault> {
        let body = sealed.strip_prefix(FILE_MAGIC).ok_or(FileFault::NotSealed)?;
        self.seal.open(&FILE_LABEL, body).ok_or(FileFault::WrongKeyOrChanged)
    }
}

/// Why a sealed file does not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileFault {
    /// It is no sealed file.
    NotSealed,
    /// It was sealed with another key, or its bytes were changed.
    WrongKeyOrChanged,
}

impl std::fmt::Display for FileFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            FileFault::NotSealed => "it is no sealed file",
            FileFault::WrongKeyOrChanged => "it was sealed with another key, or changed since",
        })
    }
}

impl std::error::Error for FileFault {}

fn plan_label(id: &str) -> Label<'_> {
    Label { kind: "plan", stack: "", lineage: "", serial: 0, name: id }
}

pub(super) fn put_plan(db: &Connection, seal: &Seal, plan: &StorePlan) -> rusqlite::Result<()> {
    let PlanHead { id, created_ms, title } = &plan.head;
    let sealed = seal.seal(&plan_label(id), &plan.file);
    db.prepare_cached("INSERT INTO plan VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![&**id, created_ms, &**title, sealed])?;
    Ok(())
}

fn head(row: &Row<'_>) -> rusqlite::Result<PlanHead> {
    Ok(PlanHead {
        id: row.get::<_, String>(0)?.into(),
        created_ms: row.get(1)?,
        title: row.get::<_, String>(2)?.into(),
    })
}

pub(super) fn plan(db: &Connection, seal: &Seal, id: &str) -> Result<Option<StorePlan>, Refusal> {
    let found: Option<(PlanHead, Vec<u8>)> = db
        .prepare_cached("SELECT id, created_ms, title, body FROM plan WHERE id = ?1")?
        .query_row([id], |row| Ok((head(row)?, row.get(3)?)))
        .optional()?;
    let Some((head, sealed)) = found else { return Ok(None) };
    match seal.open(&plan_label(id), &sealed) {
        Some(file) => Ok(Some(StorePlan { head, file })),
        None => {
            let what = format!("the plan {id} does not open");
            Err(LoadError::Damaged { stack: StackKey::from("*"), what }.into())
        }
    }
}

pub(super) fn plans(db: &Connection) -> rusqlite::Result<Vec<PlanHead>> {
    let mut statement = db.prepare_cached(
        "SELECT id, created_ms, title FROM plan ORDER BY created_ms DESC, id DESC",
    )?;
    statement.query_map([], head)?.collect()
}

fn digest(row: &Row<'_>, index: usize) -> rusqlite::Result<Digest> {
    row.get::<_, [u8; 32]>(index).map(Digest)
}

/// The last event's number and hash.
fn last(db: &Connection) -> rusqlite::Result<Option<(u64, Digest)>> {
    db.prepare_cached("SELECT number, hash FROM event ORDER BY number DESC LIMIT 1")?
        .query_row([], |row| Ok((row.get(0)?, digest(row, 1)?)))
        .optional()
}

pub(super) fn record(db: &Connection, event: Event) -> rusqlite::Result<u64> {
    let EventRecord { number, event, before, hash } = event::chain(last(db)?, event);
    db.prepare_cached("INSERT INTO event VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)")?
        .execute(params![
        number,
        event.at_ms,
        &*event.who,
        &*event.what,
        event.stack.as_deref(),
        event.plan.as_deref(),
        event.serials.map(|serials| serials.0),
        event.serials.map(|serials| serials.1),
        &*event.detail,
        &before.0[..],
        &hash.0[..],
    ])?;
    Ok(number)
}

fn read_event(row: &Row<'_>) -> rusqlite::Result<EventRecord> {
    let text = |index| row.get::<_, String>(index).map(Arc::from);
    let some_text = |index| -> rusqlite::Result<Option<Arc<str>>> {
        Ok(row.get::<_, Option<String>>(index)?.map(Arc::from))
    };
    let serials: (Option<u64>, Option<u64>) = (row.get(6)?, row.get(7)?);
    let event = Event {
        at_ms: row.get(1)?,
        who: text(2)?,
        what: text(3)?,
        stack: some_text(4)?,
        plan: some_text(5)?,
        serials: serials.0.zip(serials.1),
        detail: text(8)?,
    };
    Ok(EventRecord { number: row.get(0)?, event, before: digest(row, 9)?, hash: digest(row, 10)? })
}

pub(super) fn events(
    db: &Connection,
    from: u64,
    count_max: usize,
) -> rusqlite::Result<Vec<EventRecord>> {
    let mut statement =
        db.prepare_cached("SELECT * FROM event WHERE number >= ?1 ORDER BY number LIMIT ?2")?;
    statement.query_map(params![from, count_max as i64], read_event)?.collect()
}

/// Checks the whole chain, one event at a time; tells how many there are.
pub(super) fn verify(db: &Connection) -> rusqlite::Result<Result<u64, ChainError>> {
    let mut statement = db.prepare_cached("SELECT * FROM event ORDER BY number")?;
    let mut last = None;
    for record in statement.query_map([], read_event)? {
        match event::verify([&record?], last) {
            Ok(next) => last = next,
            Err(error) => return Ok(Err(error)),
        }
    }
    Ok(Ok(last.map_or(0, |(number, _)| number)))
}

impl EstateStore for SqliteStore {
    fn stacks(&self) -> Result<Vec<StackKey>, PortError> {
        self.read(|db, _| Ok(stacks(db)?)).map_err(|refusal| refusal.port(&self.settings.path))
    }

    fn outputs(&self, stack: &StackKey) -> Result<BTreeMap<Arc<str>, Published>, LoadError> {
        self.read(|db, seal| match rows::find(db, stack)? {
            Some(row) => rows::read_outputs(db, seal, &row, None),
            None => Ok(BTreeMap::new()),
        })
        .map_err(|refusal| refusal.load(&self.settings.path))
    }

    fn put_plan(&self, plan: &StorePlan) -> Result<(), PortError> {
        let plan = plan.clone();
        self.write(move |db, seal| Ok(put_plan(db, seal, &plan)?))
            .map_err(|refusal| refusal.port(&self.settings.path))
    }

    fn plan(&self, id: &str) -> Result<Option<StorePlan>, LoadError> {
        self.read(|db, seal| plan(db, seal, id))
            .map_err(|refusal| refusal.load(&self.settings.path))
    }

    fn plans(&self) -> Result<Vec<PlanHead>, PortError> {
        self.read(|db, _| Ok(plans(db)?)).map_err(|refusal| refusal.port(&self.settings.path))
    }

    fn record(&self, event: &Event) -> Result<u64, PortError> {
        let event = event.clone();
        self.write(move |db, _| Ok(record(db, event)?))
            .map_err(|refusal| refusal.port(&self.settings.path))
    }

    fn events(&self, from: u64, count_max: usize) -> Result<Vec<EventRecord>, PortError> {
        self.read(|db, _| Ok(events(db, from, count_max)?))
            .map_err(|refusal| refusal.port(&self.settings.path))
    }

    fn verify_events(&self) -> Result<u64, ChainError> {
        let chain = self.read(|db, _| Ok(verify(db)?));
        chain.map_err(|refusal| refusal.port(&self.settings.path))?
    }
}
