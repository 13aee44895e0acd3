//! Decoding a body through a schema.
//!
//! Invariant: the result has the schema's type (where that is dynamic in places, a type that conforms to it), and its
//! attributes stand in the order of the schema's slots.

use diag::{Diagnostic, Diags};
use schema::{Attr, Block, Slot};
use value::{Type, Value, convert};

use super::block::LoweredBody;
use super::items::{Era, Given, Inside, Items, Knowledge, Setting};
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
    let era = Era::of(schema);
    let outcome = decode(&Inside::Lowered(body), schema, Setting::outermost(&era), &mut machine);
    machine.finish(outcome, diags)
}

pub(super) fn decode(
    inside: &Inside<'_>,
    schema: &Block,
    setting: Setting<'_>,
    machine: &mut Machine<'_>,
) -> Outcome {
    let items = Items::of(inside, schema, setting, machine);
    let mut left = items.by_slot();
    let mut worst: Worst = items.worst;
    let slots = schema.slots();
    let mut values = Vec::with_capacity(slots.len());
    for (at, slot) in slots.enumerate() {
        let value = match (slot, left.take(at)) {
            (Slot::Attr(attr), (None, [])) if !attr.required => Ok(Value::null(attr.ty)),
            (Slot::Attr(attr), (None, [])) => machine.fail(faults::missing_attr(attr, items.end)),
            (Slot::Attr(attr), (None, made)) => attr_blocks::value(attr, made, setting, machine),
            (Slot::Attr(attr), (Some(given), _)) => given_value(attr, given, setting, machine),
            (Slot::Block(block), (_, made)) => {
                nested::value(block, made, items.end, setting, machine)
            }
        };
        if let Some(value) = worst.see(value) {
            values.push(value);
        }
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

fn given_value(
    attr: &Attr,
    given: Given,
    setting: Setting<'_>,
    machine: &mut Machine<'_>,
) -> Outcome {
    if setting.knowledge == Knowledge::Unknown {
        return Ok(Value::unknown(attr.ty).with_marks(setting.marks));
    }
    let value = machine.eval(given.expr)?.with_marks(setting.marks);
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
