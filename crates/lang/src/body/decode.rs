//! Decoding a body through a schema.
//!
//! Invariant: the result has the schema's type (where that is dynamic in places, a type that conforms to it), and its
//! attributes stand in the order of the schema's slots.

use diag::{Diagnostic, Diags};
use schema::{Attr, Block, Slot};
use value::{Value, convert};

use super::block::{LoweredAttr, LoweredBody};
use super::items::{Filled, Inside, Items, Knowledge};
use super::{attr_blocks, faults, nested};
use crate::eval::{Eval, Machine, Outcome, Scope, Worst};
use crate::expr::Exprs;

/// The object value of a body: its attributes converted to their types, its blocks gathered by their nesting.
pub fn eval_body(
    exprs: &Exprs,
    body: &LoweredBody,
    schema: &Block,
    scope: &dyn Scope,
    diags: &mut Diags,
) -> Eval {
    let mut machine = Machine::new(exprs, scope);
    let outcome = decode(&Inside::Lowered(body), schema, Knowledge::Known, &mut machine);
    machine.finish(outcome, diags)
}

pub(super) fn decode(
    inside: &Inside<'_>,
    schema: &Block,
    knowledge: Knowledge,
    machine: &mut Machine<'_>,
) -> Outcome {
    let items = Items::of(inside, schema, knowledge, machine);
    let mut worst: Worst = items.worst;
    let mut values = Vec::with_capacity(items.slots.len());
    for (slot, filled) in schema.slots().zip(&items.slots) {
        let value = match slot {
            Slot::Attr(attr) => attr_value(attr, filled, knowledge, items.end, machine),
            Slot::Block(block) => nested::value(block, &filled.blocks, items.end, machine),
        };
        values.extend(worst.see(value));
    }
    worst.end()?;
    Ok(object(schema, values))
}

/// An object of a schema's slots.
pub(super) fn object(schema: &Block, values: Vec<Value>) -> Value {
    if schema.ty().has_dynamic() {
        Value::object(schema.slots().map(|slot| slot.name().clone()).zip(values))
    } else {
        Value::object_of(schema.ty(), values)
    }
}

fn attr_value(
    attr: &Attr,
    filled: &Filled<'_>,
    knowledge: Knowledge,
    end: diag::Span,
    machine: &mut Machine<'_>,
) -> Outcome {
    match &filled.attr {
        Some(_) if knowledge == Knowledge::Unknown => Ok(Value::unknown(attr.ty)),
        Some(given) => given_value(attr, given, machine),
        None if !filled.blocks.is_empty() => attr_blocks::value(attr, &filled.blocks, machine),
        None if attr.required => machine.fail(faults::missing_attr(attr, end)),
        None => Ok(Value::null(attr.ty)),
    }
}

fn given_value(attr: &Attr, given: &LoweredAttr, machine: &mut Machine<'_>) -> Outcome {
    let value = machine.eval(given.expr)?;
    if value.ty() == attr.constraint {
        return Ok(value);
    }
    convert::convert(&value, attr.constraint).or_else(|error| {
        let diagnostic = Diagnostic::error("argument-type", "Unsuitable value for an argument")
            .detail(format!("`{}` does not take this value: {error}.", attr.name))
            .at(machine.exprs.span(given.expr))
            .within(given.span);
        machine.fail_at(diagnostic, given.expr)
    })
}
