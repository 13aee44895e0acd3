//! Stacks of an estate, some of whose inputs are not known yet.

use engine::{ApplyEnd, Deferral};
use plan::{Plan, refine};
use value::{Type, Value};

use super::{Stack, show, without_errors};

/// Instances of unknown keys, something made from them, and something else.
pub(crate) const KEYS: &str = r#"
    variable "keys" { type = set(string) }
    resource "test_thing" "a" {
      for_each = var.keys
      name     = "a ${each.key}"
      size     = 3
    }
    resource "test_thing" "b" { name = join(",", [for one in test_thing.a : one.id]) }
    resource "test_thing" "c" { name = "c" }
    output "b" { value = test_thing.b.id }
    output "c" { value = test_thing.c.id }
"#;

/// In an estate, with a variable that is not known yet.
pub(crate) fn estate(fixture: &str, name: &str, ty: Type) -> Stack {
    let mut stack = Stack::new(fixture).variable(name, Value::unknown(ty));
    allow(&mut stack);
    stack
}

pub(crate) fn allow(stack: &mut Stack) {
    stack.deferral =
        Deferral::Allowed { defer_providers: Vec::new(), absent_providers: Vec::new() };
}

/// The variable becomes known.
pub(crate) fn known(stack: &mut Stack, value: Value) {
    stack.variables[0].value = value;
}

pub(crate) fn strings(of: &[&str]) -> Value {
    Value::set(Type::STRING, of.iter().map(|one| Value::string(*one)).collect::<Vec<_>>())
}

pub(crate) fn planned(stack: &mut Stack) -> Plan {
    let outcome = stack.plan();
    without_errors(&outcome.diags);
    stack.cloud.deeds.clear();
    outcome.plan
}

pub(crate) fn applied(stack: &mut Stack, plan: Plan) {
    let outcome = stack.apply(plan);
    without_errors(&outcome.diags);
    assert_eq!(outcome.end, ApplyEnd::Complete);
}

#[track_caller]
pub(crate) fn check(plan: &Plan, changes: &str, deferred: &str) {
    assert_eq!(show::changes(plan), changes);
    assert_eq!(show::deferred(plan), deferred);
}

/// What does not refine: where and which row.
pub(crate) fn stops(approved: &Plan, later: &Plan) -> Vec<String> {
    let ended = refine::Ended::default();
    let differences = refine::refines(approved, later, &ended).expect_err("it does not refine");
    let line = |one: &refine::Difference| match &one.item {
        refine::Item::Object(address, _) => format!("{address}{}: {:?}", one.path, one.row),
        other => format!("{other:?}: {:?}", one.row),
    };
    differences.iter().map(line).collect()
}
