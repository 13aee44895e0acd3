//! Objects over several plans and applies.

mod support;

use engine::ApplyEnd;
use support::{Order, Stack, show, without_errors};

/// Plans and applies; a second plan must find nothing to do.
fn settle(stack: &mut Stack) {
    let outcome = stack.plan();
    without_errors(&outcome.diags);
    let outcome = stack.apply(outcome.plan);
    without_errors(&outcome.diags);
    assert_eq!(outcome.end, ApplyEnd::Complete);
    let again = stack.plan();
    without_errors(&again.diags);
    assert_eq!(show::changes(&again.plan), "", "a second plan has changes");
}

fn planned(stack: &mut Stack) -> String {
    let outcome = stack.plan();
    without_errors(&outcome.diags);
    show::changes(&outcome.plan)
}

#[test]
fn what_is_created_is_kept_and_planned_no_more() {
    for order in [Order::First, Order::Last] {
        let mut stack = Stack::new(
            r#"
            resource "test_thing" "a" {
              count = 2
              name  = "a${count.index}"
            }
            resource "test_thing" "b" {
              name = join(",", test_thing.a[*].out)
              tags = { k = data.test_look.l.result }
            }
            data "test_look" "l" { query = test_thing.a[0].id }
            output "o" { value = test_thing.b.out }
            "#,
        );
        stack.order = order;
        settle(&mut stack);
        assert_eq!(stack.cloud.things.len(), 3);
        assert_eq!(
            stack.state.outputs["o"].decode().expect("a value").as_str(),
            Some("out of out of a0,out of a1")
        );
        let b = stack.state.rows().find(|(at, _)| at.to_string() == "test_thing.b").expect("b");
        let dependencies: Vec<String> =
            b.1.object.dependencies.iter().map(ToString::to_string).collect();
        assert_eq!(dependencies, ["data.test_look.l", "test_thing.a"]);
    }
}

#[test]
fn arguments_update_and_sizes_replace() {
    let mut stack = Stack::new(r#"resource "test_thing" "a" { name = "one" }"#);
    settle(&mut stack);
    let mut stack = stack.reconfigured(r#"resource "test_thing" "a" { name = "two" }"#);
    assert_eq!(planned(&mut stack), "test_thing.a update");
    settle(&mut stack);
    let mut stack = stack.reconfigured(
        r#"
        resource "test_thing" "a" {
          name = "two"
          size = 3
        }
        "#,
    );
    assert_eq!(
        planned(&mut stack),
        "test_thing.a delete/create replace_because_cannot_update .size"
    );
    settle(&mut stack);
    assert_eq!(
        show::state(&stack.state),
        r#"test_thing.a {"id":"id-2","name":"two","out":"out of two","secret":null,"size":3,"tags":null}"#
    );
    assert_eq!(stack.cloud.things.len(), 1);
}

#[test]
fn create_before_destroy_sets_the_old_object_aside() {
    let config = |size: u32| {
        format!(
            r#"
            resource "test_thing" "a" {{ size = {size} }}
            resource "test_thing" "b" {{
              name = test_thing.a.id
              lifecycle {{ create_before_destroy = true }}
            }}
            "#
        )
    };
    let mut stack = Stack::new(&config(1));
    settle(&mut stack);
    let mut stack = stack.reconfigured(&config(2));
    let outcome = stack.plan();
    assert_eq!(
        show::changes(&outcome.plan),
        "test_thing.a create/delete replace_because_cannot_update .size\ntest_thing.b update"
    );
    assert_eq!(
        show::ops(&outcome.plan),
        "0 configure 0\n1 change test_thing.a after 0\n2 change test_thing.b after 0 1\n\
         3 destroy test_thing.a after 0 1 2"
    );
    settle(&mut stack);
    assert_eq!(stack.cloud.things.len(), 2);
}

#[test]
fn orphans_go_in_the_order_of_their_dependencies() {
    let mut stack = Stack::new(
        r#"
        resource "test_thing" "a" { name = "a" }
        resource "test_thing" "b" { name = test_thing.a.id }
        resource "test_thing" "c" {
          count = 2
          name  = "c"
        }
        "#,
    );
    settle(&mut stack);
    let mut stack = stack.reconfigured(
        r#"
        resource "test_thing" "c" {
          count = 1
          name  = "c"
        }
        "#,
    );
    let outcome = stack.plan();
    assert_eq!(
        show::changes(&outcome.plan),
        "test_thing.a delete delete_because_no_resource_config\n\
         test_thing.b delete delete_because_no_resource_config\n\
         test_thing.c[1] delete delete_because_count_index"
    );
    assert_eq!(
        show::ops(&outcome.plan),
        "0 configure 0\n1 destroy test_thing.b after 0\n2 destroy test_thing.a after 0 1\n\
         3 destroy test_thing.c[1] after 0"
    );
    settle(&mut stack);
    assert_eq!(stack.cloud.things.len(), 1);
}

#[test]
fn drift_is_seen_and_mended() {
    let mut stack = Stack::new(r#"resource "test_thing" "a" { name = "a" }"#);
    settle(&mut stack);
    let (id, thing) = stack.cloud.things.pop_first().expect("a thing");
    assert_eq!(planned(&mut stack), "test_thing.a create");
    stack.cloud.things.insert(id, thing);
    assert_eq!(planned(&mut stack), "");
}

#[test]
fn everything_is_destroyed_upper_first() {
    let mut stack = Stack::new(
        r#"
        resource "test_thing" "a" { name = "a" }
        resource "test_thing" "b" { name = test_thing.a.id }
        data "test_look" "l" { query = "q" }
        output "o" { value = test_thing.b.id }
        "#,
    );
    settle(&mut stack);
    stack.options.mode = plan::Mode::Destroy;
    let outcome = stack.plan();
    without_errors(&outcome.diags);
    assert_eq!(
        show::changes(&outcome.plan),
        "data.test_look.l delete\ntest_thing.a delete\ntest_thing.b delete\noutput.o delete"
    );
    assert_eq!(
        show::ops(&outcome.plan),
        "0 forget data.test_look.l\n1 configure 0\n2 destroy test_thing.b after 1\n\
         3 destroy test_thing.a after 1 2"
    );
    let outcome = stack.apply(outcome.plan);
    without_errors(&outcome.diags);
    assert_eq!(outcome.end, ApplyEnd::Complete);
    assert!(stack.state.is_empty());
    assert!(stack.cloud.things.is_empty());
}
