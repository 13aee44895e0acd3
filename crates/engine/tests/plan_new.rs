//! Planning a configuration of which nothing exists yet.

mod support;

use support::{Order, Stack, show, without_errors};
use value::Value;

fn check(stack: Stack, expect: &str) {
    let mut stack = stack;
    let first = stack.plan();
    without_errors(&first.diags);
    assert_eq!(show::changes(&first.plan), expect.trim());
    stack.order = Order::Last;
    let last = stack.plan();
    assert_eq!(first.plan.changes, last.plan.changes, "the plan depends on the order of answers");
    assert_eq!(first.plan.ops, last.plan.ops, "the ops depend on the order of answers");
}

#[test]
fn everything_is_created() {
    check(
        Stack::new(
            r#"
            resource "test_thing" "a" { name = "a" }
            resource "test_thing" "b" { name = test_thing.a.out }
            output "o" { value = test_thing.b.id }
            "#,
        ),
        "
test_thing.a create
test_thing.b create
output.o create",
    );
}

#[test]
fn count_and_for_each_make_instances() {
    check(
        Stack::new(
            r#"
            variable "names" { type = set(string) }
            locals { sizes = { for n in var.names : n => length(n) } }
            resource "test_thing" "c" {
              count = 2
              name  = "c${count.index}"
            }
            resource "test_thing" "e" {
              for_each = local.sizes
              name     = each.key
              size     = each.value
              tags     = { first = test_thing.c[0].id }
            }
            output "all" { value = test_thing.c[*].name }
            "#,
        )
        .variable(
            "names",
            Value::set(value::Type::STRING, vec![Value::string("x"), Value::string("yy")]),
        ),
        r#"
test_thing.c[0] create
test_thing.c[1] create
test_thing.e["x"] create
test_thing.e["yy"] create
output.all create"#,
    );
}

#[test]
fn modules_are_expanded_and_their_outputs_read() {
    check(
        Stack::new(
            r#"
//- /main.tf
module "m" {
  source   = "./child"
  for_each = toset(["a", "b"])
  name     = each.key
}
output "names" { value = { for k, m in module.m : k => m.name } }
resource "test_thing" "after" { name = module.m["a"].name }
//- /child/main.tf
variable "name" { type = string }
resource "test_thing" "inner" { name = "in-${var.name}" }
output "name" { value = test_thing.inner.name }
            "#,
        ),
        r#"
test_thing.after create
module.m["a"].test_thing.inner create
module.m["b"].test_thing.inner create
output.names create"#,
    );
}

#[test]
fn data_sources_are_read_or_left_for_the_apply() {
    let mut stack = Stack::new(
        r#"
        resource "test_thing" "a" { name = "a" }
        data "test_look" "now" { query = "x" }
        data "test_look" "later" { query = test_thing.a.id }
        data "test_look" "waits" {
          query      = "y"
          depends_on = [test_thing.a]
        }
        output "now" { value = data.test_look.now.result }
        "#,
    );
    let outcome = stack.plan();
    without_errors(&outcome.diags);
    assert_eq!(
        show::changes(&outcome.plan),
        "data.test_look.later read read_because_config_unknown\n\
         data.test_look.waits read read_because_dependency_pending\n\
         test_thing.a create\n\
         output.now create"
    );
    assert_eq!(outcome.plan.outputs[0].after, Value::string("found x"));
}

#[test]
fn steps_follow_what_they_refer_to() {
    let mut stack = Stack::new(
        r#"
        locals { n = test_thing.a.name }
        resource "test_thing" "a" { name = "a" }
        resource "test_thing" "b" {
          count = 2
          name  = local.n
        }
        resource "test_thing" "c" { name = join("", test_thing.b[*].id) }
        output "o" { value = test_thing.c.id }
        "#,
    );
    let outcome = stack.plan();
    without_errors(&outcome.diags);
    assert_eq!(
        show::ops(&outcome.plan),
        "0 configure 0\n\
         1 change test_thing.a after 0\n\
         2 join after 0 1\n\
         3 change test_thing.b[0] after 2\n\
         4 change test_thing.b[1] after 2\n\
         5 join after 3 4\n\
         6 change test_thing.c after 0 5\n\
         7 output o after 6"
    );
}
