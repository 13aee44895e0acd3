//! What an estate keeps beside its stacks: plans, and the events of the audit.
//!
//! Invariants: a plan's id is given once; an event's row carries the hash of the row before.

use std::collections::BTreeMap;
use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension as _, Row, params};
use state::Digest;

use super::db::Refusal;
use super::seal::{Label, Seal};
use super::{SqliteStore, approvals, locked, rows};
use crate::error::{LoadError, PortError, WriteError};
use crate::estate::{
    EstateStore, FileFault, Freeze, PlanHead, Published, Put, StorePlan, StoredApproval, StoredRun,
};
use crate::event::{self, ChainError, Event, EventRecord};
use crate::key::StackKey;
use crate::lease::Lease;

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

    fn put_approval(&self, approval: &StoredApproval) -> Result<Put, PortError> {
        let approval = approval.clone();
        self.write(move |db, seal| approvals::put_approval(db, seal, &approval))
            .map_err(|refusal| refusal.port(&self.settings.path))
    }

    fn approvals(&self, plan: &str) -> Result<Vec<StoredApproval>, LoadError> {
        self.read(|db, seal| approvals::approvals(db, seal, plan))
            .map_err(|refusal| refusal.load(&self.settings.path))
    }

    fn freeze(&self, environment: &str, freeze: &Freeze) -> Result<Put, PortError> {
        let (environment, freeze) = (environment.to_owned(), freeze.clone());
        self.write(move |db, _| approvals::freeze(db, &environment, &freeze))
            .map_err(|refusal| refusal.port(&self.settings.path))
    }

    fn thaw(&self, environment: &str) -> Result<Option<Freeze>, PortError> {
        let environment = environment.to_owned();
        self.write(move |db, _| approvals::thaw(db, &environment))
            .map_err(|refusal| refusal.port(&self.settings.path))
    }

    fn frozen(&self, environment: &str) -> Result<Option<Freeze>, PortError> {
        self.read(|db, _| approvals::frozen(db, environment))
            .map_err(|refusal| refusal.port(&self.settings.path))
    }

    fn put_run(&self, run: &StoredRun) -> Result<(), PortError> {
        let run = run.clone();
        self.write(move |db, seal| approvals::put_run(db, seal, &run))
            .map_err(|refusal| refusal.port(&self.settings.path))
    }

    fn run(&self, id: &str) -> Result<Option<StoredRun>, LoadError> {
        self.read(|db, seal| approvals::run(db, seal, id))
            .map_err(|refusal| refusal.load(&self.settings.path))
    }

    fn put_snapshot(&self, lease: &Lease, snapshot: &[u8]) -> Result<(), WriteError> {
        let (lease, snapshot) = (lease.clone(), snapshot.to_vec());
        self.write(move |db, seal| {
            let stack = rows::fenced(db, &lease)?;
            rows::put_snapshot(db, seal, &stack, &snapshot)
        })
        .map_err(|refusal| refusal.write(&self.settings.path))
    }

    fn snapshot(&self, stack: &StackKey) -> Result<Option<Vec<u8>>, LoadError> {
        self.read(|db, seal| match rows::find(db, stack)? {
            Some(row) => rows::read_snapshot(db, seal, &row),
            None => Ok(None),
        })
        .map_err(|refusal| refusal.load(&self.settings.path))
    }

    fn rename_stack(&self, from: &Lease, to: &Lease) -> Result<(), WriteError> {
        for lease in [from, to] {
            locked(&self.known).remove(lease.stack());
        }
        let (from, to) = (from.clone(), to.clone());
        self.write(move |db, seal| {
            let (from, to) = (rows::fenced(db, &from)?, rows::fenced(db, &to)?);
            rows::rename(db, seal, &from, &to)
        })
        .map_err(|refusal| refusal.write(&self.settings.path))
    }

    fn forget_stack(&self, lease: &Lease) -> Result<(), WriteError> {
        locked(&self.known).remove(lease.stack());
        let lease = lease.clone();
        self.write(move |db, _| rows::forget(db, &rows::fenced(db, &lease)?))
            .map_err(|refusal| refusal.write(&self.settings.path))
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

    fn seal_file(&self, plain: &[u8]) -> Vec<u8> {
        [FILE_MAGIC, &self.seal.seal(&FILE_LABEL, plain)].concat()
    }

    fn open_file(&self, sealed: &[u8]) -> Result<Vec<u8>, FileFault> {
        let body = sealed.strip_prefix(FILE_MAGIC).ok_or(FileFault::NotSealed)?;
        self.seal.open(&FILE_LABEL, body).ok_or(FileFault::WrongKeyOrChanged)
    }

    fn verify_events(&self) -> Result<u64, ChainError> {
        let chain = self.read(|db, _| Ok(verify(db)?));
        chain.map_err(|refusal| refusal.port(&self.settings.path))?
    }
}
