//! Where OpenTofu's documents say something that does not follow from the language: each case was seen in `tofu` 1.12.6.

mod support;

use engine::{ApplyEnd, ApplyOutcome};
use plan::{Completeness, Mode};
use state::{CheckStatus, ObjectAddr};
use support::{Stack, show, without_errors};

fn settle(stack: &mut Stack) -> ApplyOutcome {
    let outcome = stack.plan();
    without_errors(&outcome.diags);
    let outcome = stack.apply(outcome.plan);
    without_errors(&outcome.diags);
    assert_eq!(outcome.end, ApplyEnd::Complete);
    outcome
}

fn target(text: &str) -> addr::Target {
    text.parse().expect("a target")
}

/// Puts the current object of an address aside.
fn depose(stack: &mut Stack, address: &str) {
    let (at, row) =
        stack.state.rows().find(|(at, _)| at.to_string() == address).expect("an object");
    stack.state.remove(&at);
    let key: addr::DeposedKey = "0000beef".parse().expect("a key");
    stack.state.put(ObjectAddr::deposed(at.instance, key), row);
}

/// What the state says of conditions: an address, its status, and those of its objects.
fn checks(stack: &Stack) -> Vec<(String, CheckStatus, Vec<CheckStatus>)> {
    let of = |one: &state::CheckResult| {
        let objects = one.objects.iter().map(|object| object.status).collect();
        (one.address.to_string(), one.status, objects)
    };
    stack.state.checks.iter().map(of).collect()
}

#[test]
fn a_deposed_object_without_a_current_one_waits_for_nothing() {
    let config = |size: u32| {
        format!(
            r#"
            resource "test_thing" "a" {{ size = {size} }}
            resource "test_thing" "b" {{ name = test_thing.a.id }}
            "#
        )
    };
    let mut stack = Stack::new(&config(1));
    settle(&mut stack);
    depose(&mut stack, "test_thing.b");
    let mut stack = stack.reconfigured(&config(2));
    settle(&mut stack);
    assert_eq!(stack.state.rows().count(), 2);
}

#[test]
fn a_deposed_object_is_left_out_by_its_own_address_only() {
    let mut stack = Stack::new(
        r#"
        resource "test_thing" "a" { name = "a" }
        resource "test_thing" "b" { name = test_thing.a.id }
        "#,
    );
    settle(&mut stack);
    depose(&mut stack, "test_thing.b");
    let mut planned = |targets: &[&str], excludes: &[&str]| {
        stack.options.targets = targets.iter().map(|one| target(one)).collect();
        stack.options.excludes = excludes.iter().map(|one| target(one)).collect();
        show::changes(&stack.plan().plan)
    };
    assert_eq!(planned(&[], &["test_thing.a"]), "test_thing.b (0000beef) delete");
    assert_eq!(planned(&[], &["test_thing.b"]), "");
    assert_eq!(planned(&["test_thing.a"], &[]), "");
}

#[test]
fn a_part_that_is_destroyed_takes_its_data_sources_along() {
    let mut stack = Stack::new(
        r#"
        data "test_look" "used" { query = "x" }
        data "test_look" "other" { query = "y" }
        resource "test_thing" "a" { name = data.test_look.used.result }
        "#,
    );
    settle(&mut stack);
    stack.options.mode = Mode::Destroy;
    stack.options.excludes = vec![target("test_thing.a")];
    settle(&mut stack);
    let left: Vec<String> = stack.state.rows().map(|(at, _)| at.to_string()).collect();
    assert_eq!(left, ["data.test_look.used", "test_thing.a"]);
    stack.options.excludes.clear();
    stack.options.targets = vec![target("data.test_look.used")];
    settle(&mut stack);
    let left: Vec<String> = stack.state.rows().map(|(at, _)| at.to_string()).collect();
    assert!(!left.contains(&"data.test_look.used".to_owned()), "{left:?}");
}

#[test]
fn outputs_before_a_destroy_are_as_they_were_refreshed() {
    let thing = r#"resource "test_thing" "a" { name = "a" }"#;
    let mut stack = Stack::new(&format!("{thing}\noutput \"o\" {{ value = \"old\" }}"));
    settle(&mut stack);
    let mut stack = stack.reconfigured(&format!("{thing}\noutput \"o\" {{ value = \"new\" }}"));
    stack.options.mode = Mode::Destroy;
    assert_eq!(stack.plan().plan.outputs[0].before.as_str(), Some("new"));
    let mut stack = stack.reconfigured(&format!("{thing}\noutput \"o\" {{ value = null }}"));
    assert!(stack.plan().plan.outputs.is_empty());
    settle(&mut stack);
    assert!(stack.state.outputs.is_empty());
}

#[test]
fn readers_do_not_see_instances_without_objects() {
    let mut stack = Stack::new(
        r#"
        resource "test_thing" "a" {
          count = 3
          name  = "a"
        }
        resource "test_thing" "b" {
          for_each = toset(["x", "y"])
          name     = "b"
        }
        output "a" { value = length(test_thing.a) }
        output "b" { value = keys(test_thing.b) }
        "#,
    );
    stack.options.targets = vec![target("test_thing.a[1]"), target("test_thing.b[\"y\"]")];
    settle(&mut stack);
    let value = |name: &str| stack.state.outputs[name].decode().expect("a value");
    // A tuple reaches up to the last instance that there is.
    assert_eq!(value("a"), value::Value::int(2));
    assert_eq!(value("b").elements().count(), 1);
}

#[test]
fn what_moved_must_not_be_left_out() {
    let mut stack = Stack::new(r#"resource "test_thing" "a" { name = "a" }"#);
    settle(&mut stack);
    let mut stack = stack.reconfigured(
        r#"
        resource "test_thing" "a" {
          count = 1
          name  = "a"
        }
        resource "test_thing" "b" { name = "b" }
        "#,
    );
    let code = |stack: &mut Stack| {
        let outcome = stack.plan();
        outcome.diags.iter().find(|one| one.is_error()).map(|one| one.code.0)
    };
    stack.options.targets = vec![target("test_thing.b")];
    assert_eq!(code(&mut stack), Some("move-left-out"));
    stack.options.targets = vec![target("test_thing.a")];
    assert_eq!(code(&mut stack), None);
    stack.options.targets.clear();
    stack.options.excludes = vec![target("test_thing.a")];
    assert_eq!(code(&mut stack), Some("move-left-out"));
}

#[test]
fn conditions_that_an_apply_does_not_look_at_again_are_unknown() {
    let mut stack = Stack::new(
        r#"
        //- /main.tf
        data "test_look" "l" {
          query = "x"
          lifecycle {
            postcondition {
              condition     = self.result != ""
              error_message = "empty"
            }
          }
        }
        resource "test_thing" "a" {
          name = "a"
          lifecycle {
            precondition {
              condition     = path.module != ""
              error_message = "nowhere"
            }
          }
        }
        module "m" { source = "./m" }
        module "none" {
          source = "./m"
          count  = 0
        }
        //- /m/main.tf
        output "unread" {
          value = "x"
          precondition {
            condition     = path.module != ""
            error_message = "nowhere"
          }
        }
        "#,
    );
    settle(&mut stack);
    let found = checks(&stack);
    let of = |address: &str| found.iter().find(|one| one.0 == address).expect("a result");
    assert_eq!(of("test_thing.a").1, CheckStatus::Pass);
    assert_eq!(of("data.test_look.l").1, CheckStatus::Unknown);
    assert_eq!(of("module.m.output.unread").1, CheckStatus::Unknown);
    let none = of("module.none.output.unread");
    assert_eq!((none.1, none.2.len()), (CheckStatus::Pass, 0));
}

#[test]
fn nothing_is_validated_where_there_is_nothing_to_destroy() {
    let mut stack = Stack::new(
        r#"
        variable "v" {
          default = "long"
          validation {
            condition     = length(var.v) < 2
            error_message = "Too long."
          }
        }
        "#,
    );
    assert_eq!(stack.plan().plan.completeness, Completeness::Errored);
    stack.options.mode = Mode::Destroy;
    without_errors(&stack.plan().diags);
}

#[test]
fn an_empty_resource_forces_no_order_into_the_state() {
    let mut stack = Stack::new(
        r#"
        resource "test_thing" "a" { name = "a" }
        resource "test_thing" "b" {
          count = 0
          name  = test_thing.a.id
          lifecycle { create_before_destroy = true }
        }
        "#,
    );
    settle(&mut stack);
    let (_, row) = stack.state.rows().next().expect("an object");
    assert!(!row.object.create_before_destroy);
}
