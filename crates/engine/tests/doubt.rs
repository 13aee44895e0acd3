//! Creates in doubt: they, and what depends on them, are left; the rest of the stack goes on.

mod support;

use engine::ApplyEnd;
use plan::{DeferredReason, Plan, refine};
use support::cloud::Misdeed;
use support::{Stack, show, without_errors};
use value::{Type, Value};

const CONFIG: &str = r#"
    resource "test_thing" "base" { name = "base" }
    resource "test_thing" "a" {
      name = "a"
      tags = { on = test_thing.base.id }
    }
    resource "test_thing" "b" { name = test_thing.a.id }
    resource "test_thing" "c" { name = "c" }
    output "b" { value = test_thing.b.out }
    output "c" { value = test_thing.c.out }
"#;

/// A stack in which it is in doubt whether `a` exists, and the plan that was carried out.
fn in_doubt(config: &str) -> (Stack, Plan) {
    let mut stack = Stack::new(config);
    stack.cloud.misdeeds.insert("a", Misdeed::ExitsWhileMaking);
    let approved = planned(&mut stack);
    let outcome = stack.apply_watched(approved.clone(), 10, &mut |_, _| {});
    assert_eq!(outcome.end, ApplyEnd::Failed);
    assert_eq!(stack.in_doubt.len(), 1);
    stack.cloud.misdeeds.clear();
    stack.cloud.deeds.clear();
    (stack, approved)
}

fn planned(stack: &mut Stack) -> Plan {
    let outcome = stack.plan();
    without_errors(&outcome.diags);
    outcome.plan
}

#[test]
fn only_what_depends_on_it_is_left() {
    let (stack, approved) = in_doubt(CONFIG);
    let changed = CONFIG.replace("name = \"c\"", "name = \"d\"");
    let mut stack = stack.reconfigured(&changed);
    let plan = planned(&mut stack);
    assert_eq!(
        show::deferred(&plan),
        "test_thing.a InDoubt test_thing.a\ntest_thing.b InDoubt test_thing.a"
    );
    assert_eq!(show::changes(&plan), "test_thing.c update\noutput.b create\noutput.c update");
    let outcome = stack.apply_watched(plan, 10, &mut |_, _| {});
    without_errors(&outcome.diags);
    assert_eq!(outcome.end, ApplyEnd::Complete);
    assert_eq!(stack.cloud.deeds.last().map(String::as_str), Some("change d"));
    assert_eq!(stack.in_doubt.len(), 1, "it stays in doubt");
    let outputs: Vec<&str> = stack.state.outputs.keys().map(|name| &**name).collect();
    assert_eq!(outputs, ["c"]);
    drop(approved);
}

#[test]
fn a_plan_around_it_refines_what_was_approved_and_approves_nothing_of_it() {
    let (mut stack, approved) = in_doubt(CONFIG);
    let around = planned(&mut stack);
    let ended = engine::ended(&stack.records);
    refine::refines(&approved, &around, &ended).expect("it does less");
    // Once a person told that it does not exist, it is made as it was approved.
    stack.in_doubt.clear();
    let later = planned(&mut stack);
    refine::refines(&approved, &later, &ended).expect("as it was approved");
    let differences =
        refine::refines(&around, &later, &ended).expect_err("nobody approved it there");
    assert_eq!(differences.len(), 2, "{differences:#?}");
}

#[test]
fn nothing_goes_under_an_object_that_may_exist() {
    let (stack, _) = in_doubt(CONFIG);
    let mut stack = stack.reconfigured(r#"resource "test_thing" "c" { name = "c" }"#);
    let plan = planned(&mut stack);
    assert_eq!(
        show::deferred(&plan),
        "test_thing.a InDoubt test_thing.a\ntest_thing.base InDoubt test_thing.a"
    );
    assert!(plan.deferred.iter().all(|one| one.reason == DeferredReason::InDoubt));
    assert_eq!(plan.counts().destroy, 0);
}

#[test]
fn the_object_that_was_set_aside_for_it_stays() {
    let config = |size: u32| {
        format!(
            r#"
            resource "test_thing" "a" {{
              name = "a"
              size = {size}
              lifecycle {{ create_before_destroy = true }}
            }}
            resource "test_thing" "c" {{ name = "c{size}" }}
            "#
        )
    };
    let mut stack = Stack::new(&config(1));
    let plan = planned(&mut stack);
    stack.apply(plan);
    let mut stack = stack.reconfigured(&config(2));
    stack.cloud.misdeeds.insert("a", Misdeed::ExitsWhileMaking);
    let plan = planned(&mut stack);
    stack.apply_watched(plan, 10, &mut |_, _| {});
    stack.cloud.misdeeds.clear();
    let mut stack = stack.reconfigured(&config(3));
    let plan = planned(&mut stack);
    assert_eq!(show::deferred(&plan), "test_thing.a InDoubt test_thing.a");
    assert_eq!(show::changes(&plan), "test_thing.c update");
}

#[test]
fn a_change_in_doubt_that_cannot_be_read_is_left() {
    let config = |name: &str| {
        format!(
            r#"
            variable "region" {{ type = string }}
            provider "test" {{ region = var.region }}
            resource "test_thing" "a" {{ name = "{name}" }}
            resource "test_thing" "b" {{ name = "b ${{test_thing.a.name}}" }}
            "#
        )
    };
    let mut stack = Stack::new(&config("one")).variable("region", Value::string("eu"));
    let plan = planned(&mut stack);
    stack.apply(plan);
    let mut stack = stack.reconfigured(&config("a"));
    stack.cloud.misdeeds.insert("a", Misdeed::ExitsWhileMaking);
    let plan = planned(&mut stack);
    stack.apply_watched(plan, 10, &mut |_, _| {});
    stack.cloud.misdeeds.clear();
    assert_eq!(stack.in_doubt.len(), 1);
    stack.deferral =
        engine::Deferral::Allowed { defer_providers: Vec::new(), absent_providers: Vec::new() };
    stack.variables[0].value = Value::unknown(Type::STRING);
    let plan = planned(&mut stack);
    assert_eq!(
        show::deferred(&plan),
        "test_thing.a InDoubt test_thing.a\ntest_thing.b InDoubt test_thing.a"
    );
    // Read, it is an update as any other.
    stack.variables[0].value = Value::string("eu");
    let plan = planned(&mut stack);
    assert_eq!(show::changes(&plan), "test_thing.a update\ntest_thing.b update");
    assert_eq!(show::deferred(&plan), "");
}
