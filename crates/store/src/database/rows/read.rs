//! Reading a stack's rows.
//!
//! Invariant: nothing is returned that does not open as what it claims to be.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use addr::{ConfigResource, ResourceInstance};
use state::{Digest, ObjectAddr, Output, Row, State, codec};

use super::super::seal::Seal;
use super::super::sql::{Refusal, Sql, params};
use super::{StackRow, item_name, output_name};
use crate::estate::Published;

pub(super) const OBJECTS_SQL: &str =
    "SELECT module, mode, type, name, key, deposed, serial, dependencies, body
     FROM object WHERE stack = ?1";
pub(super) const LISTS_SQL: &str = "SELECT digest, list FROM dependencies WHERE stack = ?1";
pub(super) const OUTPUTS_SQL: &str =
    "SELECT name, serial, stale, body FROM output WHERE stack = ?1";

/// The state as its rows have it, and which outputs are behind.
pub(in crate::database) fn read(
    db: &dyn Sql,
    seal: &Seal,
    stack: &StackRow,
) -> Result<(State, BTreeSet<Arc<str>>), Refusal> {
    let header = stack.header(seal)?;
    let mut sum = [0; 32];
    let mut state = State::new();
    state.lineage = stack.lineage.as_str().into();
    state.serial = stack.serial;
    state.terraform_version = header.version.clone();
    state.checks = header.checks.clone();
    read_objects(db, seal, stack, &mut state, &mut sum)?;
    let mut stale = BTreeSet::new();
    for (name, published) in read_outputs(db, seal, stack, Some(&mut sum))? {
        if published.stale {
            stale.insert(name.clone());
        }
        state.outputs.insert(name, published.output);
    }
    if sum != header.sum {
        return Err(stack.damaged("rows were changed, taken out or put back behind its back"));
    }
    Ok((state, stale))
}

fn read_objects(
    db: &dyn Sql,
    seal: &Seal,
    stack: &StackRow,
    state: &mut State,
    sum: &mut [u8; 32],
) -> Result<(), Refusal> {
    let lists = read_lists(db, stack)?;
    for row in db.query(OBJECTS_SQL, params![stack.id])? {
        let text = |column| row.text(column);
        let place = place_text([text(0)?, text(1)?, text(2)?, text(3)?, text(4)?]);
        let name = item_name(&place, text(5)?, row.bytes(7)?);
        let label = stack.label("object", row.count(6)?, &name);
        let sealed = row.bytes(8)?;
        let damaged = || stack.damaged(format!("the row of {place} does not open"));
        let plain = seal.open(&label, sealed).ok_or_else(damaged)?;
        seal.toggle(sum, &label, sealed);
        let mut found: Row = codec::decode(&plain).map_err(|_| damaged())?;
        let list = row.bytes(7)?;
        if !list.is_empty() {
            let list = lists.get(list).ok_or_else(damaged)?;
            let object = Arc::make_mut(&mut found.object);
            object.dependencies = list.clone();
        }
        let instance: ResourceInstance = place.parse().map_err(|_| damaged())?;
        let deposed = match text(5)? {
            "" => None,
            key => Some(key.parse().map_err(|_| damaged())?),
        };
        state.put(ObjectAddr { instance, deposed }, found);
    }
    Ok(())
}

type Lists = HashMap<Vec<u8>, Arc<[ConfigResource]>>;

fn read_lists(db: &dyn Sql, stack: &StackRow) -> Result<Lists, Refusal> {
    let mut lists = Lists::new();
    for row in db.query(LISTS_SQL, params![stack.id])? {
        let (digest, text) = (row.bytes(0)?, row.text(1)?);
        let list: Option<Vec<ConfigResource>> =
            text.lines().map(|line| line.parse().ok()).collect();
        match list {
            Some(list) if Digest::of(text.as_bytes()).0[..] == digest[..] => {
                lists.insert(digest.to_vec(), list.into());
            }
            _ => return Err(stack.damaged("a list of dependencies was changed")),
        }
    }
    Ok(lists)
}

/// The published outputs.
pub(in crate::database) fn read_outputs(
    db: &dyn Sql,
    seal: &Seal,
    stack: &StackRow,
    mut sum: Option<&mut [u8; 32]>,
) -> Result<BTreeMap<Arc<str>, Published>, Refusal> {
    let mut outputs = BTreeMap::new();
    for row in db.query(OUTPUTS_SQL, params![stack.id])? {
        let (name, serial, stale) = (row.text(0)?, row.count(1)?, row.int(2)? != 0);
        let item = output_name(name, stale);
        let label = stack.label("output", serial, &item);
        let sealed = row.bytes(3)?;
        let damaged = || stack.damaged(format!("the output {name} does not open"));
        let plain = seal.open(&label, sealed).ok_or_else(damaged)?;
        if let Some(sum) = &mut sum {
            seal.toggle(sum, &label, sealed);
        }
        let output: Output = codec::decode(&plain).map_err(|_| damaged())?;
        outputs.insert(name.into(), Published { output, stale });
    }
    Ok(outputs)
}

/// Address of an instance from its columns: module, mode, type, name, key.
fn place_text([module, mode, type_name, name, key]: [&str; 5]) -> String {
    let dot = if module.is_empty() { "" } else { "." };
    let prefix = if mode == "data" { "data." } else { "" };
    format!("{module}{dot}{prefix}{type_name}.{name}{key}")
}
