//! Decoding a body through a schema.
//!
//! Invariant: the result has the schema's type (where that is dynamic in places, a type that conforms to it), and its
//! attributes stand in the order of the schema's slots.

use diag::{Diagnostic, Diags};
use schema::{Attr, Block, Slot};
use value::{Type, Value, convert};

use super::block::LoweredBody;
use super::items::{Given, Inside, Items, Knowledge};
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
    let slots = schema.slots();
    let mut values = Vec::with_capacity(slots.len());
    for (at, slot) in slots.enumerate() {
        let value = match slot {
            Slot::Attr(attr) => attr_value(attr, at, &items, knowledge, machine),
            Slot::Block(block) => nested::value(block, items.blocks_of(at), items.end, machine),
        };
        values.extend(worst.see(value));
    }
    worst.end()?;
    Ok(object(schema, values))
}

/// An object of a schema's slots. Where a slot is dynamic, the object's type comes from its values.
pub(super) fn object(schema: &Block, values: Vec<Value>) -> Value {
    let Some(object) = schema.ty().object_type().filter(|_| schema.ty().has_dynamic()) else {
        return Value::object_of(schema.ty(), values);
    };
    let types: Vec<Type> = values.iter().map(Value::ty).collect();
    let ty = if types == object.types() {
        schema.ty()
    } else {
        Type::object_sorted(object.names(), &types)
    };
    Value::object_of(ty, values)
}

fn attr_value(
    attr: &Attr,
    slot: usize,
    items: &Items<'_>,
    knowledge: Knowledge,
    machine: &mut Machine<'_>,
) -> Outcome {
    if let Some(given) = items.attr_of(slot) {
        return match knowledge {
            Knowledge::Known => given_value(attr, given, machine),
            Knowledge::Unknown => Ok(Value::unknown(attr.ty)),
        };
    }
    match items.blocks_of(slot) {
        [] if attr.required => machine.fail(faults::missing_attr(attr, items.end)),
        [] => Ok(Value::null(attr.ty)),
        made => attr_blocks::value(attr, made, machine),
    }
}

fn given_value(attr: &Attr, given: Given, machine: &mut Machine<'_>) -> Outcome {
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
