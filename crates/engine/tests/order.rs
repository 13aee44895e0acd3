//! Which op follows which: each kind of edge of `docs/specs/order.md` by the smallest plan that has it.

mod support;

use support::{Stack, show, without_errors};
use value::Value;

fn settle(stack: &mut Stack) {
    let outcome = stack.plan();
    without_errors(&outcome.diags);
    let outcome = stack.apply(outcome.plan);
    without_errors(&outcome.diags);
    stack.cloud.deeds.clear();
}

/// The ops that lead from one configuration to another.
fn ops(from: &str, to: &str) -> String {
    let mut stack = Stack::new(from);
    settle(&mut stack);
    let mut stack = stack.reconfigured(to);
    let outcome = stack.plan();
    without_errors(&outcome.diags);
    show::ops(&outcome.plan)
}

#[track_caller]
fn check(from: &str, to: &str, expect: &[&str]) {
    assert_eq!(ops(from, to).lines().collect::<Vec<_>>(), expect);
}

/// Two things, the second made from the first.
const PAIR: &str = r#"
    resource "test_thing" "a" { name = "a" }
    resource "test_thing" "b" { name = test_thing.a.name }
"#;

#[test]
fn what_depended_is_gone_before_what_it_depended_on_changes() {
    check(
        PAIR,
        r#"resource "test_thing" "a" { name = "new" }"#,
        &["0 configure 0", "1 destroy test_thing.b after 0", "2 change test_thing.a after 0 1"],
    );
}

#[test]
fn what_goes_last_goes_after_what_it_depended_on_was_changed() {
    let first = "lifecycle {\n create_before_destroy = true\n }\n";
    let from =
        PAIR.replace("name = test_thing.a.name", &format!("name = test_thing.a.name\n{first}"));
    let from = from.replace("{ name = test_thing.a.name", "{\n name = test_thing.a.name");
    check(
        &from,
        r#"resource "test_thing" "a" { name = "new" }"#,
        &["0 configure 0", "1 change test_thing.a after 0", "2 destroy test_thing.b after 0 1"],
    );
}

#[test]
fn what_was_depended_on_is_gone_before_its_user_changes() {
    check(
        PAIR,
        r#"resource "test_thing" "b" { name = "free" }"#,
        &["0 configure 0", "1 destroy test_thing.a after 0", "2 change test_thing.b after 0 1"],
    );
}

#[test]
fn the_halves_of_a_replacement_follow_its_order() {
    let sized = |size: u32, lifecycle: &str| {
        format!("resource \"test_thing\" \"a\" {{\n size = {size}\n {lifecycle}\n }}")
    };
    let first = "lifecycle {\n create_before_destroy = true\n }";
    let keep = "lifecycle {\n destroy = false\n }";
    check(
        &sized(1, ""),
        &sized(2, ""),
        &["0 configure 0", "1 destroy test_thing.a after 0", "2 change test_thing.a after 0 1"],
    );
    check(
        &sized(1, first),
        &sized(2, first),
        &["0 configure 0", "1 change test_thing.a after 0", "2 destroy test_thing.a after 0 1"],
    );
    check(
        &sized(1, keep),
        &sized(2, keep),
        &["0 forget test_thing.a", "1 configure 0", "2 change test_thing.a after 0 1"],
    );
}

#[test]
fn a_provider_is_configured_after_what_its_configuration_refers_to() {
    check(
        "",
        r#"
        provider "test" {}
        provider "test" {
          alias  = "far"
          region = test_thing.a.id
        }
        resource "test_thing" "a" { name = "a" }
        resource "test_thing" "b" {
          provider = test.far
          name     = "b"
        }
        "#,
        &[
            "0 configure 0",
            "1 change test_thing.a after 0",
            "2 configure 1 after 1",
            "3 change test_thing.b after 2",
        ],
    );
}

#[test]
fn what_does_not_change_takes_no_part_in_destruction() {
    let with = |name: &str, condition: &str| {
        format!(
            r#"
            resource "test_thing" "a" {{ name = "a" }}
            resource "test_thing" "b" {{
              name = "{name}"
              tags = {{ a = test_thing.a.id }}
              {condition}
            }}
            resource "test_thing" "c" {{ name = test_thing.b.id }}
            "#
        )
    };
    let checked = "lifecycle {\n postcondition {\n condition = self.name == \"b\"\n error_message = \"no\"\n }\n }";
    let without = |text: String| {
        let at = text.find("resource \"test_thing\" \"c\"").expect("the third");
        text[..at].to_owned()
    };
    check(
        &with("b", ""),
        &without(with("b", "")),
        &["0 configure 0", "1 destroy test_thing.c after 0"],
    );
    check(
        &with("b", checked),
        &without(with("b", checked)),
        &["0 configure 0", "1 check test_thing.b after 0", "2 destroy test_thing.c after 0"],
    );
}

#[test]
fn instances_of_one_module_follow_those_of_the_same_instance_only() {
    let config = |keys: &str, name: &str| {
        format!(
            r#"
//- /main.tf
module "m" {{
  source   = "./m"
  for_each = toset([{keys}])
}}
//- /m/main.tf
resource "test_thing" "a" {{ name = "{name}" }}
resource "test_thing" "b" {{ name = test_thing.a.id }}
            "#
        )
    };
    check(
        &config("\"x\", \"y\"", "one"),
        &config("\"y\"", "two"),
        &[
            "0 configure 0",
            "1 destroy module.m[\"x\"].test_thing.b after 0",
            "2 destroy module.m[\"x\"].test_thing.a after 0 1",
            "3 change module.m[\"y\"].test_thing.a after 0",
        ],
    );
}

#[test]
fn what_cannot_be_put_in_any_order_is_told() {
    let first = "lifecycle {\n create_before_destroy = true\n }";
    let mut stack = Stack::new(&format!(
        r#"
        resource "test_thing" "a" {{
          name = "a"
          {first}
        }}
        resource "test_thing" "b" {{
          name = test_thing.a.name
          size = length(test_thing.a.name)
          {first}
        }}
        "#
    ));
    settle(&mut stack);
    let mut stack = stack.reconfigured(
        r#"
        resource "test_thing" "b" { name = "bb" }
        resource "test_thing" "a" {
          name = test_thing.b.name
          size = 5
        }
        "#,
    );
    let outcome = stack.plan();
    let codes: Vec<&str> = outcome.diags.iter().map(|one| one.code.0).collect();
    assert_eq!(codes, ["order-circle"]);
    assert_eq!(outcome.plan.completeness, plan::Completeness::Errored);
}

#[test]
fn of_those_that_wait_for_a_place_the_longest_way_goes_first() {
    let mut stack = Stack::new(
        r#"
        resource "test_thing" "a" { name = "first" }
        resource "test_thing" "b" { name = "short" }
        resource "test_thing" "x" { name = "long" }
        resource "test_thing" "y" { name = "${test_thing.x.name}er" }
        "#,
    );
    let outcome = stack.plan();
    without_errors(&outcome.diags);
    stack.apply_watched(outcome.plan, 1, &mut |_, _| {});
    assert_eq!(stack.cloud.deeds[..3], ["make first", "make long", "make short"]);
}

#[test]
fn an_orphaned_key_is_no_part_of_its_resource() {
    let config = |keys: &str, read: &str| {
        format!(
            r#"
            resource "test_thing" "a" {{
              for_each = toset([{keys}])
              name     = each.key
            }}
            output "o" {{ value = {read} }}
            "#
        )
    };
    let mut stack = Stack::new(&config("\"x\", \"y\"", "keys(test_thing.a)"));
    settle(&mut stack);
    let mut stack = stack.reconfigured(&config("\"y\"", "keys(test_thing.a)"));
    let outcome = stack.plan();
    without_errors(&outcome.diags);
    assert_eq!(outcome.plan.outputs[0].after, Value::tuple(vec![Value::string("y")]));
    let mut stack = stack.reconfigured(&config("\"y\"", "test_thing.a[\"x\"].id"));
    let outcome = stack.plan();
    assert!(outcome.diags.has_errors(), "the instance is planned to go");
}

#[test]
fn an_edge_between_providers_that_would_close_a_circle_is_left_out() {
    let config = |size: u32, b: &str| {
        format!(
            r#"
            provider "test" {{}}
            provider "test" {{
              alias  = "far"
              region = test_thing.a.id
            }}
            resource "test_thing" "a" {{ size = {size} }}
            resource "test_thing" "c" {{
              provider = test.far
              name     = "c"
            }}
            {b}
            "#
        )
    };
    let far = "resource \"test_thing\" \"b\" {\n provider = test.far\n name = \"b\"\n }";
    // `b` depends on `a` by its provider, whose configuration waits for the new `a`: it cannot go before it.
    check(
        &config(1, far),
        &config(2, ""),
        &[
            "0 configure 0",
            "1 destroy test_thing.a after 0",
            "2 change test_thing.a after 0 1",
            "3 configure 1 after 2",
            "4 destroy test_thing.b after 3",
        ],
    );
}
