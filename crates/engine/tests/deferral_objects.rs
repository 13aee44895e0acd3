//! Objects whose keys are not known: they are kept, and what they stand on too.

mod support;

use plan::{Mode, Plan, refine};
use support::estate::{KEYS, allow, applied, check, estate, known, planned, strings};
use support::{Stack, show, without_errors};
use value::{Type, Value};

#[test]
fn objects_with_unknown_keys_are_kept_and_nothing_goes_under_them() {
    let config = |more: &str| {
        format!(
            r#"
            variable "keys" {{ type = set(string) }}
            {more}
            resource "test_thing" "a" {{
              for_each = var.keys
              name     = "a"
            }}
            "#
        )
    };
    let base = r#"resource "test_thing" "base" { name = "base" }"#;
    let on_base = config(base).replace("name     = \"a\"", "name     = test_thing.base.id");
    let mut stack = estate(&on_base, "keys", Type::set(Type::STRING));
    known(&mut stack, strings(&["x"]));
    let plan = planned(&mut stack);
    applied(&mut stack, plan);
    let mut stack = stack.reconfigured(&config(""));
    known(&mut stack, Value::unknown(Type::set(Type::STRING)));
    let plan = planned(&mut stack);
    // What the kept objects stand on is kept too, though it is not in the configuration any more.
    check(
        &plan,
        "",
        "test_thing.a[*] KeysUnknown var.keys\ntest_thing.base Upstream test_thing.a[*]",
    );
    let kept = plan.kept_by(&plan.deferred[0]);
    assert_eq!(kept.iter().map(ToString::to_string).collect::<Vec<_>>(), ["test_thing.a[\"x\"]"]);
    applied(&mut stack, plan);
    assert_eq!(stack.cloud.things.len(), 2);
    known(&mut stack, strings(&[]));
    let plan = planned(&mut stack);
    assert!(show::changes(&plan).starts_with("test_thing.a[\"x\"] delete"));
}

#[test]
fn a_replacement_under_kept_objects_waits() {
    let config = |size: u32| {
        format!(
            r#"
            variable "keys" {{ type = set(string) }}
            resource "test_thing" "base" {{
              name = "base"
              size = {size}
            }}
            resource "test_thing" "a" {{
              for_each = var.keys
              name     = "${{each.key}} on ${{test_thing.base.name}}"
            }}
            "#
        )
    };
    let mut stack = estate(&config(1), "keys", Type::set(Type::STRING));
    known(&mut stack, strings(&["x"]));
    let plan = planned(&mut stack);
    applied(&mut stack, plan);
    let mut stack = stack.reconfigured(&config(2));
    known(&mut stack, Value::unknown(Type::set(Type::STRING)));
    check(
        &planned(&mut stack),
        "",
        "test_thing.a[*] KeysUnknown var.keys\ntest_thing.base Upstream test_thing.a[*]",
    );
}

#[test]
fn what_moved_by_itself_stays_where_it_was_until_keys_are_known() {
    let mut stack = Stack::new(r#"resource "test_thing" "a" { name = "a" }"#);
    let plan = planned(&mut stack);
    applied(&mut stack, plan);
    let mut stack = stack
        .reconfigured(
            r#"
            variable "n" { type = number }
            resource "test_thing" "a" {
              count = var.n
              name  = "a"
            }
            "#,
        )
        .variable("n", Value::unknown(Type::NUMBER));
    allow(&mut stack);
    let plan = planned(&mut stack);
    check(&plan, "", "test_thing.a[*] KeysUnknown var.n");
    assert!(plan.drift.is_empty());
    let approved = plan.clone();
    applied(&mut stack, plan);
    assert!(
        show::state(&stack.state).starts_with("test_thing.a {"),
        "{}",
        show::state(&stack.state)
    );
    known(&mut stack, Value::int(1));
    let plan = planned(&mut stack);
    let moved = plan.changes.iter().find_map(|change| change.previous_address.as_ref());
    assert_eq!(moved.map(ToString::to_string).as_deref(), Some("test_thing.a"));
    let ended = refine::Ended::default();
    refine::refines(&with_inputs_of(&approved, &plan), &plan, &ended).expect("a move refines");
}

/// The approved plan as if the inputs had been those of the later one, for what is compared of items alone.
fn with_inputs_of(approved: &Plan, later: &Plan) -> Plan {
    Plan { variables: later.variables.clone(), ..approved.clone() }
}

#[test]
fn everything_is_destroyed_also_what_has_unknown_keys() {
    let mut stack = estate(KEYS, "keys", Type::set(Type::STRING));
    known(&mut stack, strings(&["x"]));
    let plan = planned(&mut stack);
    applied(&mut stack, plan);
    known(&mut stack, Value::unknown(Type::set(Type::STRING)));
    stack.options.mode = Mode::Destroy;
    let plan = planned(&mut stack);
    assert_eq!(plan.counts().destroy, 3);
    assert!(plan.deferred.is_empty());
    applied(&mut stack, plan);
    assert!(stack.cloud.things.is_empty());
}

/// Objects of `t` stand on `base`, which is to be replaced in this order.
fn standing(size: u32, lifecycle: &str) -> String {
    format!(
        r#"
        variable "keys" {{ type = set(string) }}
        resource "test_thing" "base" {{
          name = "base"
          size = {size}
          {lifecycle}
        }}
        resource "test_thing" "t" {{
          for_each = toset([test_thing.base.id])
          name     = each.key
        }}
        "#
    )
}

#[test]
fn what_is_replaced_by_creating_first_leaves_its_old_object_under_what_is_kept() {
    const FIRST: &str = "lifecycle {\n create_before_destroy = true\n }";
    let mut stack = Stack::new(&standing(1, FIRST)).variable("keys", strings(&[]));
    allow(&mut stack);
    for _ in 0..2 {
        let plan = planned(&mut stack);
        applied(&mut stack, plan);
    }
    stack.records.clear();
    let mut stack = stack.reconfigured(&standing(2, FIRST));
    let plan = planned(&mut stack);
    check(
        &plan,
        "test_thing.base create/delete replace_because_cannot_update .size",
        "test_thing.t[*] KeysUnknown test_thing.base at most 1",
    );
    let approved = plan.clone();
    applied(&mut stack, plan);
    assert_eq!(stack.cloud.deeds, ["make base"]);
    let next = planned(&mut stack);
    let changes = show::changes(&next);
    assert!(changes.contains("test_thing.t[\"id-3\"] create"), "{changes}");
    assert!(changes.contains("test_thing.t[\"id-1\"] delete"), "{changes}");
    // That something goes is for a person to see; the set-aside object alone was approved to go.
    let ended = engine::ended(&stack.records);
    let differences = refine::refines(&approved, &next, &ended).expect_err("a delete");
    let items: Vec<String> = differences.iter().map(|one| format!("{:?}", one.row)).collect();
    assert_eq!(items, ["Action"]);
    applied(&mut stack, next);
    assert_eq!(stack.cloud.deeds.last().map(String::as_str), Some("destroy base"));
    check(&planned(&mut stack), "", "");
}

#[test]
fn a_replacement_and_what_stands_on_it_that_wait_for_each_other_are_told() {
    let mut stack = Stack::new(&standing(1, "")).variable("keys", strings(&[]));
    allow(&mut stack);
    for _ in 0..2 {
        let plan = planned(&mut stack);
        applied(&mut stack, plan);
    }
    let mut stack = stack.reconfigured(&standing(2, ""));
    let outcome = stack.plan();
    without_errors(&outcome.diags);
    let codes: Vec<&str> = outcome.diags.iter().map(|one| one.code.0).collect();
    assert_eq!(codes, ["deferral-circle"]);
    check(
        &outcome.plan,
        "",
        "test_thing.base Upstream test_thing.t[*]\ntest_thing.t[*] KeysUnknown test_thing.base at most 1",
    );
}
