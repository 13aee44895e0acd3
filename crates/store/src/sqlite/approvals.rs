//! Approvals of plans, freezes of environments, and records of runs.
//!
//! Invariants: a plan has one approval of each key, and an environment one freeze; what came first stays.

use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension as _, params};
use state::Digest;

use super::db::Refusal;
use super::seal::{Label, Seal};
use crate::error::LoadError;
use crate::estate::{Freeze, Put, StoredApproval, StoredRun};
use crate::key::StackKey;

fn label<'a>(kind: &'static str, name: &'a str) -> Label<'a> {
    Label { kind, stack: "", lineage: "", serial: 0, name }
}

/// What an approval's seal binds: everything that stands beside it in the open.
fn approval_name(plan: &str, signer_key: &str, digest: &[u8], at_ms: u64) -> String {
    let digest: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{plan}\n{signer_key}\n{digest}\n{at_ms}")
}

fn damaged(what: String) -> Refusal {
    LoadError::Damaged { stack: StackKey::from("*"), what }.into()
}

fn put(changed: usize) -> Put {
    if changed == 0 { Put::Already } else { Put::Kept }
}

pub(super) fn put_approval(
    db: &Connection,
    seal: &Seal,
    approval: &StoredApproval,
) -> Result<Put, Refusal> {
    let StoredApproval { plan, digest, signer_key, at_ms, body } = approval;
    let name = approval_name(plan, signer_key, &digest.0, *at_ms);
    let sealed = seal.seal(&label("approval", &name), body);
    let changed = db
        .prepare_cached(
            "INSERT INTO approval VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (plan, signer_key) DO NOTHING",
        )?
        .execute(params![&**plan, &**signer_key, &digest.0[..], at_ms, sealed])?;
    Ok(put(changed))
}

pub(super) fn approvals(
    db: &Connection,
    seal: &Seal,
    plan: &str,
) -> Result<Vec<StoredApproval>, Refusal> {
    let mut statement = db.prepare_cached(
        "SELECT signer_key, digest, at_ms, body FROM approval WHERE plan = ?1 ORDER BY signer_key",
    )?;
    let mut rows = statement.query([plan])?;
    let mut approvals = Vec::new();
    while let Some(row) = rows.next()? {
        let (signer_key, digest): (String, [u8; 32]) = (row.get(0)?, row.get(1)?);
        let at_ms: u64 = row.get(2)?;
        let name = approval_name(plan, &signer_key, &digest, at_ms);
        let sealed = row.get_ref(3)?.as_blob().unwrap_or_default();
        let Some(body) = seal.open(&label("approval", &name), sealed) else {
            return Err(damaged(format!("the approval of {plan} by {signer_key} does not open")));
        };
        let (plan, signer_key) = (plan.into(), signer_key.into());
        approvals.push(StoredApproval { plan, digest: Digest(digest), signer_key, at_ms, body });
    }
    Ok(approvals)
}

pub(super) fn freeze(db: &Connection, environment: &str, freeze: &Freeze) -> Result<Put, Refusal> {
    let changed = db
        .prepare_cached(
            "INSERT INTO freeze VALUES (?1, ?2, ?3, ?4) ON CONFLICT (environment) DO NOTHING",
        )?
        .execute(params![environment, &*freeze.reason, &*freeze.who, freeze.at_ms])?;
    Ok(put(changed))
}

pub(super) fn frozen(db: &Connection, environment: &str) -> Result<Option<Freeze>, Refusal> {
    let found = db
        .prepare_cached("SELECT reason, who, at_ms FROM freeze WHERE environment = ?1")?
        .query_row([environment], |row| {
            let text = |index| row.get::<_, String>(index).map(Arc::from);
            Ok(Freeze { reason: text(0)?, who: text(1)?, at_ms: row.get(2)? })
        })
        .optional()?;
    Ok(found)
}

pub(super) fn thaw(db: &Connection, environment: &str) -> Result<Option<Freeze>, Refusal> {
    let found = frozen(db, environment)?;
    db.prepare_cached("DELETE FROM freeze WHERE environment = ?1")?.execute([environment])?;
    Ok(found)
}

pub(super) fn put_run(db: &Connection, seal: &Seal, run: &StoredRun) -> Result<(), Refusal> {
    let StoredRun { id, environment, plan, at_ms, body } = run;
    let sealed = seal.seal(&label("run", id), body);
    db.prepare_cached(
        "INSERT INTO run VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (id) DO UPDATE SET
         environment = excluded.environment, plan = excluded.plan, at_ms = excluded.at_ms,
         body = excluded.body",
    )?
    .execute(params![&**id, &**environment, &**plan, at_ms, sealed])?;
    Ok(())
}

pub(super) fn run(db: &Connection, seal: &Seal, id: &str) -> Result<Option<StoredRun>, Refusal> {
    let found: Option<(StoredRun, Vec<u8>)> = db
        .prepare_cached("SELECT environment, plan, at_ms, body FROM run WHERE id = ?1")?
        .query_row([id], |row| {
            let text = |index| row.get::<_, String>(index).map(Arc::from);
            let (environment, plan) = (text(0)?, text(1)?);
            let body = Vec::new();
            Ok((
                StoredRun { id: id.into(), environment, plan, at_ms: row.get(2)?, body },
                row.get(3)?,
            ))
        })
        .optional()?;
    let Some((run, sealed)) = found else { return Ok(None) };
    match seal.open(&label("run", id), &sealed) {
        Some(body) => Ok(Some(StoredRun { body, ..run })),
        None => Err(damaged(format!("the record of run {id} does not open"))),
    }
}
