//! Reading back what was carried: the rows as they are, and then as a store gives them out.
//!
//! Invariant: nothing is said to be carried that does not open, fold and add up where it is now.

use super::tables::{Contents, Fences, JOURNAL, TABLES};
use super::{Carried, TransferError};
use crate::contract::Store as _;
use crate::database::sql::{Cell, Row};
use crate::database::{DatabaseStore, Engine};
use crate::estate::EstateStore as _;
use crate::key::StackKey;

/// Column of a stack's row that holds its fencing number.
const FENCE: usize = 4;

/// Compares what is there with what was carried; tells how much it is.
pub(super) fn read_back<F: Engine, T: Engine>(
    contents: &Contents,
    from: &DatabaseStore<F>,
    to: &DatabaseStore<T>,
    fences: Fences,
) -> Result<Carried, TransferError> {
    let there = to.engine.read(|db| Ok(Contents::read(db)?));
    let there = there.map_err(|refusal| refusal.port(to.engine.place()))?;
    for (table, (carried, found)) in TABLES.iter().zip(contents.0.iter().zip(&there.0)) {
        let same = carried.len() == found.len()
            && carried
                .iter()
                .zip(found)
                .all(|(one, other)| same_row(table.name, one, other, fences));
        if !same {
            return Err(TransferError::Differs { what: format!("the table {}", table.name) });
        }
    }
    let events = to.verify_events()?;
    let mut objects = 0;
    let stacks = to.stacks()?;
    for stack in &stacks {
        objects += same_stack(contents, stack, from, to)?;
    }
    let plans = to.plans()?;
    for plan in &plans {
        let of = || StackKey::from("*");
        to.plan(&plan.id).map_err(|error| TransferError::Load(of(), error))?;
        to.approvals(&plan.id).map_err(|error| TransferError::Load(of(), error))?;
    }
    let mut journals: Vec<i64> =
        contents.rows(JOURNAL).iter().filter_map(|row| row.int(0).ok()).collect();
    journals.dedup();
    let (stacks, plans) = (stacks.len(), plans.len());
    Ok(Carried { stacks, objects, plans, events, journals: journals.len() })
}

fn same_row(table: &str, Row(carried): &Row, Row(found): &Row, fences: Fences) -> bool {
    let step = match fences {
        Fences::RaisedBy(step) if table == "stack" => step,
        _ => 0,
    };
    carried.len() == found.len()
        && carried.iter().zip(found).enumerate().all(|(column, pair)| match pair {
            (Cell::Int(one), Cell::Int(other)) if column == FENCE => {
                one.saturating_add_unsigned(step) == *other
            }
            (one, other) => one == other,
        })
}

/// Opens a stack in both stores, where the first has not moved on, and compares; tells how many objects it has.
fn same_stack<F: Engine, T: Engine>(
    contents: &Contents,
    stack: &StackKey,
    from: &DatabaseStore<F>,
    to: &DatabaseStore<T>,
) -> Result<usize, TransferError> {
    let failed = |error| TransferError::Load(stack.clone(), error);
    let there = to.peek(stack).map_err(failed)?;
    to.outputs(stack).map_err(failed)?;
    to.snapshot(stack).map_err(failed)?;
    let row = contents.rows("stack").iter().find(|row| row.text(1).ok() == Some(stack.as_str()));
    let carried_serial = row.and_then(|row| row.count(3).ok());
    let here = from.peek(stack).map_err(failed)?;
    let moved_on = Some(here.state.serial) != carried_serial || here.recovered.is_some();
    if !moved_on && (here.digest, &here.state) != (there.digest, &there.state) {
        return Err(TransferError::Differs { what: format!("the state of {stack}") });
    }
    Ok(there.state.object_count())
}
