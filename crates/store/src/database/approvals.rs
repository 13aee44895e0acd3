//! Approvals of plans, freezes of environments, and records of runs.
//!
//! Invariants: a plan has one approval of each key, and an environment one freeze; what came first stays.

use state::Digest;

use super::seal::{Label, Seal};
use super::sql::{Refusal, Row, Sql, SqlError, params};
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

fn put(changed: u64) -> Put {
    if changed == 0 { Put::Already } else { Put::Kept }
}

pub(super) fn put_approval(
    db: &dyn Sql,
    seal: &Seal,
    approval: &StoredApproval,
) -> Result<Put, Refusal> {
    let StoredApproval { plan, digest, signer_key, at_ms, body } = approval;
    let name = approval_name(plan, signer_key, &digest.0, *at_ms);
    let sealed = seal.seal(&label("approval", &name), body);
    let changed = db.execute(
        "INSERT INTO approval VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (plan, signer_key) DO NOTHING",
        params![plan, signer_key, &digest.0[..], *at_ms, &sealed],
    )?;
    Ok(put(changed))
}

pub(super) fn approvals(
    db: &dyn Sql,
    seal: &Seal,
    plan: &str,
) -> Result<Vec<StoredApproval>, Refusal> {
    let rows = db.query(
        "SELECT signer_key, digest, at_ms, body FROM approval WHERE plan = ?1 ORDER BY signer_key",
        params![plan],
    )?;
    let mut approvals = Vec::new();
    for row in rows {
        let (signer_key, digest, at_ms) = (row.shared(0)?, row.bytes(1)?, row.count(2)?);
        let name = approval_name(plan, &signer_key, digest, at_ms);
        let body = seal.open(&label("approval", &name), row.bytes(3)?);
        let (Some(body), Ok(digest)) = (body, digest.try_into()) else {
            return Err(damaged(format!("the approval of {plan} by {signer_key} does not open")));
        };
        let (plan, digest) = (plan.into(), Digest(digest));
        approvals.push(StoredApproval { plan, digest, signer_key, at_ms, body });
    }
    Ok(approvals)
}

// The table's name is a word of PostgreSQL's, and so stands in quotes.

pub(super) fn freeze(db: &dyn Sql, environment: &str, freeze: &Freeze) -> Result<Put, SqlError> {
    let changed = db.execute(
        "INSERT INTO \"freeze\" VALUES (?1, ?2, ?3, ?4) ON CONFLICT (environment) DO NOTHING",
        params![environment, &freeze.reason, &freeze.who, freeze.at_ms],
    )?;
    Ok(put(changed))
}

fn read_freeze(row: &Row) -> Result<Freeze, SqlError> {
    Ok(Freeze { reason: row.shared(0)?, who: row.shared(1)?, at_ms: row.count(2)? })
}

pub(super) fn frozen(db: &dyn Sql, environment: &str) -> Result<Option<Freeze>, SqlError> {
    let found = db.find(
        "SELECT reason, who, at_ms FROM \"freeze\" WHERE environment = ?1",
        params![environment],
    )?;
    found.as_ref().map(read_freeze).transpose()
}

pub(super) fn thaw(db: &dyn Sql, environment: &str) -> Result<Option<Freeze>, SqlError> {
    let found = db.find(
        "DELETE FROM \"freeze\" WHERE environment = ?1 RETURNING reason, who, at_ms",
        params![environment],
    )?;
    found.as_ref().map(read_freeze).transpose()
}

pub(super) fn put_run(db: &dyn Sql, seal: &Seal, run: &StoredRun) -> Result<(), SqlError> {
    let StoredRun { id, environment, plan, at_ms, body } = run;
    let sealed = seal.seal(&label("run", id), body);
    db.execute(
        "INSERT INTO run VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (id) DO UPDATE SET
         environment = excluded.environment, plan = excluded.plan, at_ms = excluded.at_ms,
         body = excluded.body",
        params![id, environment, plan, *at_ms, &sealed],
    )?;
    Ok(())
}

pub(super) fn run(db: &dyn Sql, seal: &Seal, id: &str) -> Result<Option<StoredRun>, Refusal> {
    let sql = "SELECT environment, plan, at_ms, body FROM run WHERE id = ?1";
    let Some(row) = db.find(sql, params![id])? else { return Ok(None) };
    let Some(body) = seal.open(&label("run", id), row.bytes(3)?) else {
        return Err(damaged(format!("the record of run {id} does not open")));
    };
    let (environment, plan, at_ms) = (row.shared(0)?, row.shared(1)?, row.count(2)?);
    Ok(Some(StoredRun { id: id.into(), environment, plan, at_ms, body }))
}
