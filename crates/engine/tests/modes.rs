//! What the user asks of a plan beyond its configuration: targets, replacements, refreshing only.

mod support;

use engine::ApplyEnd;
use plan::{Completeness, Mode, Refresh};
use support::{Stack, show, without_errors};
use value::Value;

const CHAIN: &str = r#"
    resource "test_thing" "a" { name = "a" }
    resource "test_thing" "b" { name = test_thing.a.id }
    resource "test_thing" "c" {
      count = 2
      name  = "c"
    }
    output "b" { value = test_thing.b.id }
    output "c" { value = test_thing.c[0].id }
"#;

fn settle(stack: &mut Stack) {
    let outcome = stack.plan();
    without_errors(&outcome.diags);
    let outcome = stack.apply(outcome.plan);
    without_errors(&outcome.diags);
    assert_eq!(outcome.end, ApplyEnd::Complete);
}

fn planned(stack: &mut Stack) -> String {
    let outcome = stack.plan();
    without_errors(&outcome.diags);
    show::changes(&outcome.plan)
}

fn errors(stack: &mut Stack) -> Vec<&'static str> {
    let outcome = stack.plan();
    assert_eq!(outcome.plan.completeness, Completeness::Errored);
    outcome.diags.iter().filter(|one| one.is_error()).map(|one| one.code.0).collect()
}

#[test]
fn a_target_takes_what_it_depends_on_and_nothing_else() {
    let mut stack = Stack::new(CHAIN);
    stack.options.targets = vec!["test_thing.b".parse().expect("a target")];
    let outcome = stack.plan();
    assert_eq!(
        show::changes(&outcome.plan),
        "test_thing.a create\ntest_thing.b create\noutput.b create"
    );
    assert_eq!(outcome.plan.completeness, Completeness::Partial);
    let mut stack = Stack::new(CHAIN);
    stack.options.targets = vec!["test_thing.c[1]".parse().expect("a target")];
    assert_eq!(planned(&mut stack), "test_thing.c[1] create\noutput.c create");
}

#[test]
fn an_exclude_leaves_out_what_depends_on_it() {
    let mut stack = Stack::new(CHAIN);
    stack.options.excludes = vec!["test_thing.a".parse().expect("a target")];
    assert_eq!(
        planned(&mut stack),
        "test_thing.c[0] create\ntest_thing.c[1] create\noutput.c create"
    );
}

#[test]
fn with_what_is_destroyed_goes_what_depends_on_it() {
    let mut stack = Stack::new(CHAIN);
    settle(&mut stack);
    stack.options.mode = Mode::Destroy;
    stack.options.targets = vec!["test_thing.a".parse().expect("a target")];
    assert_eq!(planned(&mut stack), "test_thing.a delete\ntest_thing.b delete");
    stack.options.targets = vec!["test_thing.b".parse().expect("a target")];
    assert_eq!(planned(&mut stack), "test_thing.b delete");
    stack.options.targets.clear();
    stack.options.excludes = vec!["test_thing.b".parse().expect("a target")];
    assert_eq!(planned(&mut stack), "test_thing.c[0] delete\ntest_thing.c[1] delete");
}

#[test]
fn objects_outside_the_targets_are_not_even_read() {
    let mut stack = Stack::new(CHAIN);
    settle(&mut stack);
    stack.cloud.things.clear();
    stack.options.targets = vec!["test_thing.c[0]".parse().expect("a target")];
    assert_eq!(planned(&mut stack), "test_thing.c[0] create\noutput.c update");
}

#[test]
fn an_instance_is_replaced_by_request() {
    let mut stack = Stack::new(CHAIN);
    settle(&mut stack);
    stack.options.replace = vec!["test_thing.a".parse().expect("an address")];
    assert_eq!(
        planned(&mut stack),
        "test_thing.a delete/create replace_by_request\ntest_thing.b update"
    );
}

#[test]
fn refreshing_only_takes_the_world_as_it_is() {
    let mut stack = Stack::new(CHAIN);
    settle(&mut stack);
    let id = stack.cloud.things.keys().next().expect("a thing").clone();
    stack.cloud.things.remove(&id);
    stack.options.mode = Mode::RefreshOnly;
    let outcome = stack.plan();
    without_errors(&outcome.diags);
    assert!(outcome.plan.changes.is_empty());
    assert_eq!(outcome.plan.drift.len(), 1);
    let before = stack.state.object_count();
    stack.apply(outcome.plan);
    assert_eq!(stack.state.object_count(), before - 1);
}

#[test]
fn without_refresh_nothing_is_read() {
    let mut stack = Stack::new(CHAIN);
    settle(&mut stack);
    stack.cloud.things.clear();
    stack.options.refresh = Refresh::No;
    assert_eq!(planned(&mut stack), "");
    assert!(!stack.cloud.calls.iter().rev().take(8).any(|call| call == "ReadResource"));
}

#[test]
fn deposed_objects_go() {
    let mut stack = Stack::new(r#"resource "test_thing" "a" { name = "a" }"#);
    settle(&mut stack);
    let (at, row) = stack.state.rows().next().expect("an object");
    let key: addr::DeposedKey = "0000beef".parse().expect("a key");
    stack.state.put(state::ObjectAddr::deposed(at.instance, key), row);
    assert_eq!(planned(&mut stack), "test_thing.a (0000beef) delete");
    let mut gone = stack.reconfigured("");
    assert_eq!(
        planned(&mut gone),
        "test_thing.a delete delete_because_no_resource_config\ntest_thing.a (0000beef) delete"
    );
}

#[test]
fn a_tainted_object_is_replaced() {
    let mut stack = Stack::new(r#"resource "test_thing" "a" { name = "a" }"#);
    settle(&mut stack);
    let (at, mut row) = stack.state.rows().next().expect("an object");
    row.object = std::sync::Arc::new(row.object.tainted());
    stack.state.put(at, row);
    assert_eq!(planned(&mut stack), "test_thing.a delete/create replace_because_tainted");
}

#[test]
fn what_must_not_be_destroyed_is_not_planned_to_be() {
    let config = |size: u32| {
        format!(
            r#"
            resource "test_thing" "a" {{
              size = {size}
              lifecycle {{ prevent_destroy = true }}
            }}
            "#
        )
    };
    let mut stack = Stack::new(&config(1));
    settle(&mut stack);
    let mut stack = stack.reconfigured(&config(2));
    assert_eq!(errors(&mut stack), ["prevent-destroy"]);
    stack.options.mode = Mode::Destroy;
    assert_eq!(errors(&mut stack), ["prevent-destroy"]);
}

#[test]
fn ignored_changes_are_no_changes() {
    let config = |name: &str| {
        format!(
            r#"
            resource "test_thing" "a" {{
              name = "{name}"
              lifecycle {{ ignore_changes = [name] }}
            }}
            "#
        )
    };
    let mut stack = Stack::new(&config("one"));
    settle(&mut stack);
    let mut stack = stack.reconfigured(&config("two"));
    assert_eq!(planned(&mut stack), "");
}

#[test]
fn triggers_replace_when_what_they_name_changes() {
    let config = |name: &str| {
        format!(
            r#"
            resource "test_thing" "a" {{ name = "{name}" }}
            resource "test_thing" "b" {{
              lifecycle {{ replace_triggered_by = [test_thing.a.name] }}
            }}
            resource "test_thing" "c" {{
              lifecycle {{ replace_triggered_by = [test_thing.a.size] }}
            }}
            "#
        )
    };
    let mut stack = Stack::new(&config("one"));
    settle(&mut stack);
    let mut stack = stack.reconfigured(&config("two"));
    assert_eq!(
        planned(&mut stack),
        "test_thing.a update\ntest_thing.b delete/create replace_by_triggers"
    );
}

#[test]
fn an_object_moves_when_count_comes_and_goes() {
    let mut stack = Stack::new(r#"resource "test_thing" "a" { name = "a" }"#);
    settle(&mut stack);
    let mut stack = stack.reconfigured(
        r#"
        resource "test_thing" "a" {
          count = 1
          name  = "a"
        }
        "#,
    );
    let outcome = stack.plan();
    assert_eq!(show::changes(&outcome.plan), "");
    assert!(outcome.plan.has_changes());
    let from = outcome.plan.changes[0].previous_address.as_ref().map(ToString::to_string);
    assert_eq!(from.as_deref(), Some("test_thing.a"));
    stack.apply(outcome.plan);
    assert_eq!(stack.state.rows().next().expect("an object").0.to_string(), "test_thing.a[0]");
}

#[test]
fn keys_that_are_not_known_are_an_error() {
    let mut stack = Stack::new(
        r#"
        resource "test_thing" "a" { name = "a" }
        resource "test_thing" "b" { count = length(test_thing.a.id) }
        resource "test_thing" "c" { for_each = toset([test_thing.a.id]) }
        "#,
    );
    assert_eq!(errors(&mut stack), ["count-invalid", "for-each-invalid"]);
}

#[test]
fn conditions_stop_what_they_guard() {
    let config = r#"
        variable "n" {
          type = number
          validation {
            condition     = var.n > 0
            error_message = "positive"
          }
        }
        resource "test_thing" "a" {
          name = "a"
          lifecycle {
            precondition {
              condition     = var.n < 10
              error_message = "small, not ${var.n}"
            }
          }
        }
        resource "test_thing" "b" { name = test_thing.a.name }
    "#;
    let mut stack = Stack::new(config).variable("n", Value::int(-1));
    assert_eq!(errors(&mut stack), ["variable-invalid"]);
    let mut stack = Stack::new(config).variable("n", Value::int(11));
    let outcome = stack.plan();
    let failed: Vec<&str> = outcome.diags.iter().map(|one| one.detail.as_str()).collect();
    assert_eq!(failed, ["small, not 11"]);
    assert_eq!(show::changes(&outcome.plan), "");
    let mut stack = Stack::new(config).variable("n", Value::int(5));
    assert_eq!(planned(&mut stack), "test_thing.a create\ntest_thing.b create");
}

#[test]
fn a_change_of_sensitivity_is_recorded_without_a_call() {
    let config = |sensitive: bool| {
        format!(
            r#"
            variable "v" {{
              default   = "x"
              sensitive = {sensitive}
            }}
            resource "test_thing" "a" {{ name = var.v }}
            "#
        )
    };
    let mut stack = Stack::new(&config(false));
    settle(&mut stack);
    let mut stack = stack.reconfigured(&config(true));
    let outcome = stack.plan();
    assert_eq!(show::changes(&outcome.plan), "test_thing.a update");
    assert_eq!(show::ops(&outcome.plan), "0 record test_thing.a");
    let calls = stack.cloud.calls.len();
    let applied = stack.apply(outcome.plan);
    without_errors(&applied.diags);
    assert_eq!(stack.cloud.calls.len(), calls);
    let object = stack.state.rows().next().expect("an object").1.object;
    let paths: Vec<String> = object.sensitive.iter().map(ToString::to_string).collect();
    assert_eq!(paths, [".name", ".secret"]);
    assert_eq!(planned(&mut stack), "");
}
