//! Kept plans, and which stacks there are.
//!
//! Invariant: a plan's id is given once, and its file opens only under it.

use super::seal::{Label, Seal};
use super::sql::{Refusal, Row, Sql, SqlError, params};
use crate::error::LoadError;
use crate::estate::{PlanHead, StorePlan};
use crate::key::StackKey;

/// Stacks that have a state.
pub(super) fn stacks(db: &dyn Sql) -> Result<Vec<StackKey>, SqlError> {
    let rows = db.query("SELECT address FROM stack WHERE lineage <> '' ORDER BY address", &[])?;
    rows.iter().map(|row| row.text(0).map(StackKey::from)).collect()
}

fn label(id: &str) -> Label<'_> {
    Label { kind: "plan", stack: "", lineage: "", serial: 0, name: id }
}

pub(super) fn put(db: &dyn Sql, seal: &Seal, plan: &StorePlan) -> Result<(), SqlError> {
    let PlanHead { id, created_ms, title } = &plan.head;
    let sealed = seal.seal(&label(id), &plan.file);
    db.execute(
        "INSERT INTO plan VALUES (?1, ?2, ?3, ?4)",
        params![id, *created_ms, title, &sealed],
    )?;
    Ok(())
}

fn head(row: &Row) -> Result<PlanHead, SqlError> {
    Ok(PlanHead { id: row.shared(0)?, created_ms: row.count(1)?, title: row.shared(2)? })
}

pub(super) fn plan(db: &dyn Sql, seal: &Seal, id: &str) -> Result<Option<StorePlan>, Refusal> {
    let sql = "SELECT id, created_ms, title, body FROM plan WHERE id = ?1";
    let Some(row) = db.find(sql, params![id])? else { return Ok(None) };
    match seal.open(&label(id), row.bytes(3)?) {
        Some(file) => Ok(Some(StorePlan { head: head(&row)?, file })),
        None => {
            let what = format!("the plan {id} does not open");
            Err(LoadError::Damaged { stack: StackKey::from("*"), what }.into())
        }
    }
}

/// Latest first.
pub(super) fn heads(db: &dyn Sql) -> Result<Vec<PlanHead>, SqlError> {
    let sql = "SELECT id, created_ms, title FROM plan ORDER BY created_ms DESC, id DESC";
    db.query(sql, &[])?.iter().map(head).collect()
}
