//! The rows of a simulated cloud, which a rehearsal keeps in its own store.
//!
//! What a key and a body say is the cloud's business; here they are sealed and kept.
//! Invariant: a store of a real estate has none.

use std::sync::Arc;

use super::seal::{Label, Seal};
use super::sql::{Refusal, Sql, params};
use crate::error::LoadError;
use crate::estate::SimulatedRow;
use crate::key::StackKey;

fn label(key: &str) -> Label<'_> {
    Label { kind: "simulated", stack: "", lineage: "", serial: 0, name: key }
}

/// All rows, by key.
pub(super) fn all(db: &dyn Sql, seal: &Seal) -> Result<Vec<SimulatedRow>, Refusal> {
    let rows = db.query("SELECT key, body FROM simulated ORDER BY key", &[])?;
    let opened = rows.iter().map(|row| {
        let key = row.shared(0)?;
        match seal.open(&label(&key), row.bytes(1)?) {
            Some(body) => Ok((key, body)),
            None => {
                let what = format!("the simulated object {key} does not open");
                Err(LoadError::Damaged { stack: StackKey::from("*"), what }.into())
            }
        }
    });
    opened.collect()
}

/// Puts rows in place of those with their keys; `None` removes.
pub(super) fn put(
    db: &dyn Sql,
    seal: &Seal,
    changes: &[(Arc<str>, Option<Vec<u8>>)],
) -> Result<(), Refusal> {
    for (key, body) in changes {
        match body {
            Some(body) => db.execute(
                "INSERT INTO simulated (key, body) VALUES (?1, ?2)
                 ON CONFLICT (key) DO UPDATE SET body = excluded.body",
                params![key, &seal.seal(&label(key), body)],
            )?,
            None => db.execute("DELETE FROM simulated WHERE key = ?1", params![key])?,
        };
    }
    Ok(())
}
