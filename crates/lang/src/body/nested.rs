//! Nested blocks gathered by their nesting.
//!
//! Invariant: where one of several blocks was made for an unknown collection, all of them together are unknown; its
//! faults are told all the same.

use std::sync::Arc;

use diag::Span;
use schema::{Block, NestedBlock, Nesting, Slot};
use value::{Marks, Value};

use super::decode::{decode, object};
use super::faults;
use super::items::{Knowledge, Made, Setting};
use crate::eval::{Machine, Outcome, Worst};

/// The value of all blocks of one name.
pub(super) fn value(
    nested: &NestedBlock,
    made: &[(usize, Made<'_>)],
    end: Span,
    setting: Setting<'_>,
    machine: &mut Machine<'_>,
) -> Outcome {
    match nested.nesting {
        Nesting::Single | Nesting::Group => single(nested, made, end, setting, machine),
        Nesting::List | Nesting::Set => sequence(nested, made, end, setting, machine),
        Nesting::Map => mapping(nested, made, setting, machine),
    }
}

/// Decodes within the iteration that a block was made for.
pub(super) fn within<T>(
    made: &Made<'_>,
    machine: &mut Machine<'_>,
    f: impl FnOnce(&mut Machine<'_>) -> T,
) -> T {
    if let Some(iteration) = &made.iteration {
        iteration.enter(machine);
    }
    f(machine)
}

fn one(
    nested: &NestedBlock,
    made: &Made<'_>,
    setting: Setting<'_>,
    machine: &mut Machine<'_>,
) -> Outcome {
    within(made, machine, |machine| decode(&made.inside, &nested.block, setting.of(made), machine))
}

fn single(
    nested: &NestedBlock,
    made: &[(usize, Made<'_>)],
    end: Span,
    setting: Setting<'_>,
    machine: &mut Machine<'_>,
) -> Outcome {
    match made {
        [] if nested.min_items > 0 => machine.fail(faults::missing_block(&nested.name, end)),
        [] if nested.nesting == Nesting::Group => Ok(absent(&nested.block)),
        [] => Ok(Value::null(nested.block.ty())),
        [(_, only)] => one(nested, only, setting, machine),
        [(_, first), (_, second), ..] => {
            machine.fail(faults::second_block(&nested.name, second.header, first.header))
        }
    }
}

/// Decodes each, and tells whether any of them makes all of them unknown.
fn each(
    nested: &NestedBlock,
    made: &[(usize, Made<'_>)],
    setting: Setting<'_>,
    machine: &mut Machine<'_>,
) -> Outcome<Option<Vec<Value>>> {
    let mut worst = Worst::default();
    let mut values = Vec::with_capacity(made.len());
    for (_, block) in made {
        let value = worst.see(one(nested, block, setting, machine));
        // As OpenTofu has it, blocks of the old SDK's schemas carry the marks on their attributes only.
        let marks =
            if block.marks.is_empty() || setting.era.is_old() { Marks::NONE } else { block.marks };
        values.extend(value.map(|value| value.with_marks(marks)));
    }
    worst.end()?;
    let unknown = made.iter().any(|(_, block)| block.knowledge == Knowledge::Unknown);
    Ok((!unknown).then_some(values))
}

fn sequence(
    nested: &NestedBlock,
    made: &[(usize, Made<'_>)],
    end: Span,
    setting: Setting<'_>,
    machine: &mut Machine<'_>,
) -> Outcome {
    let Some(values) = each(nested, made, setting, machine)? else {
        return Ok(Value::unknown(nested.ty()));
    };
    let count = values.len() as u64;
    if count < nested.min_items {
        return machine.fail(faults::too_few(&nested.name, nested.min_items, end));
    }
    if nested.max_items > 0 && count > nested.max_items {
        let (_, first_extra) = &made[nested.max_items as usize];
        return machine.fail(faults::too_many(&nested.name, nested.max_items, first_extra.header));
    }
    let element = nested.block.ty();
    Ok(match nested.nesting {
        Nesting::List if element.has_dynamic() => Value::tuple(values),
        Nesting::List => Value::list(element, values),
        _ => Value::set(element, values),
    })
}

fn mapping(
    nested: &NestedBlock,
    made: &[(usize, Made<'_>)],
    setting: Setting<'_>,
    machine: &mut Machine<'_>,
) -> Outcome {
    let Some(values) = each(nested, made, setting, machine)? else {
        return Ok(Value::unknown(nested.ty()));
    };
    let mut worst = Worst::default();
    let mut entries: Vec<(Arc<str>, Value, Span)> = Vec::with_capacity(values.len());
    for ((_, block), value) in made.iter().zip(values) {
        let (key, span) = block.labels.first().expect("BUG: a block of a map without its label");
        match entries.iter().find(|(known, ..)| known == key) {
            Some((.., first)) => {
                let diagnostic = faults::same_key(&nested.name, key, *span, *first);
                worst.see(machine.fail::<()>(diagnostic));
            }
            None => entries.push((key.clone(), value, *span)),
        }
    }
    worst.end()?;
    let entries = entries.into_iter().map(|(key, value, _)| (key, value));
    let element = nested.block.ty();
    Ok(if element.has_dynamic() { Value::object(entries) } else { Value::map(element, entries) })
}

/// The value of a block of which nothing is written.
fn absent(block: &Block) -> Value {
    let values = block.slots().map(|slot| match slot {
        Slot::Attr(attr) => Value::null(attr.ty),
        Slot::Block(nested) => absent_nested(nested),
    });
    object(block, values.collect())
}

fn absent_nested(nested: &NestedBlock) -> Value {
    let element = nested.block.ty();
    match nested.nesting {
        Nesting::Single => Value::null(element),
        Nesting::Group => absent(&nested.block),
        Nesting::List if element.has_dynamic() => Value::tuple(Vec::new()),
        Nesting::List => Value::list(element, Vec::new()),
        Nesting::Set => Value::set(element, Vec::new()),
        Nesting::Map if element.has_dynamic() => Value::object([]),
        Nesting::Map => Value::map(element, []),
    }
}
