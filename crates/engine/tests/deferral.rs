//! What cannot be planned yet is left for a later plan, with all that follows it, and nothing else.

mod support;

use engine::Deferral;
use plan::{Action, Completeness, Plan, refine};
use support::estate::{KEYS, allow, applied, check, estate, known, planned, stops, strings};
use support::{Order, Stack, show};
use value::{Refinement, Type, Value};

#[test]
fn unknown_keys_are_left_with_all_that_follows() {
    for order in [Order::First, Order::Last] {
        let mut stack = estate(KEYS, "keys", Type::set(Type::STRING));
        stack.order = order;
        let plan = planned(&mut stack);
        check(
            &plan,
            "test_thing.c create\noutput.b create\noutput.c create",
            "test_thing.a[*] KeysUnknown var.keys\ntest_thing.b Upstream test_thing.a[*]",
        );
        assert_eq!(plan.completeness, Completeness::Partial);
        assert!(plan.has_changes());
        let configuration = &plan.deferred[0].configuration;
        assert_eq!(configuration.attr("size"), Some(&Value::int(3)));
        assert!(!configuration.attr("name").expect("a name").is_known());
    }
}

#[test]
fn in_a_plain_root_module_unknown_keys_stay_an_error() {
    let mut stack = estate(KEYS, "keys", Type::set(Type::STRING));
    stack.deferral = Deferral::Refused;
    let outcome = stack.plan();
    let codes: Vec<&str> = outcome.diags.iter().map(|one| one.code.0).collect();
    assert_eq!(codes, ["for-each-invalid"]);
    assert!(outcome.plan.deferred.is_empty());
}

#[test]
fn an_apply_leaves_what_is_left_and_publishes_only_what_is_over() {
    let mut stack = estate(KEYS, "keys", Type::set(Type::STRING));
    let plan = planned(&mut stack);
    applied(&mut stack, plan);
    assert_eq!(stack.cloud.deeds, ["make c"]);
    let outputs: Vec<&str> = stack.state.outputs.keys().map(|name| &**name).collect();
    assert_eq!(outputs, ["c"]);
    known(&mut stack, strings(&["x", "y"]));
    let plan = planned(&mut stack);
    check(
        &plan,
        "test_thing.a[\"x\"] create\ntest_thing.a[\"y\"] create\ntest_thing.b create\noutput.b create",
        "",
    );
    applied(&mut stack, plan);
    assert_eq!(show::changes(&planned(&mut stack)), "");
}

#[test]
fn the_lengths_that_are_known_bound_the_creates() {
    let mut stack = estate(KEYS, "keys", Type::set(Type::STRING));
    let bounded = Refinement::NOT_NULL.shorter_than_or(4);
    known(&mut stack, Value::unknown_with(Type::set(Type::STRING), bounded));
    let plan = planned(&mut stack);
    assert!(show::deferred(&plan).starts_with("test_thing.a[*] KeysUnknown var.keys at most 4"));
    known(
        &mut stack,
        Value::set(Type::STRING, vec![Value::unknown(Type::STRING), Value::string("x")]),
    );
    let plan = planned(&mut stack);
    assert!(show::deferred(&plan).starts_with("test_thing.a[*] KeysUnknown var.keys at most 2"));
}

#[test]
fn a_module_with_unknown_keys_is_left_whole() {
    let mut stack = estate(
        r#"
        //- /main.tf
        variable "n" { type = number }
        module "m" {
          source = "./m"
          count  = var.n
          name   = "m${count.index}"
        }
        resource "test_thing" "after" { name = join(",", module.m[*].id) }
        //- /m/main.tf
        variable "name" { type = string }
        resource "test_thing" "one" {
          name = var.name
          size = 1
        }
        resource "test_thing" "two" {
          count = 2
          name  = test_thing.one.id
        }
        output "id" { value = test_thing.one.id }
        "#,
        "n",
        Type::NUMBER,
    );
    let most = Refinement::NOT_NULL.at_most(value::Number::from(3), true);
    known(&mut stack, Value::unknown_with(Type::NUMBER, most));
    let plan = planned(&mut stack);
    check(
        &plan,
        "",
        "module.m[*].test_thing.one KeysUnknown var.n at most 3\n\
         module.m[*].test_thing.two[0] KeysUnknown var.n at most 3\n\
         module.m[*].test_thing.two[1] KeysUnknown var.n at most 3\n\
         test_thing.after Upstream module.m[*].test_thing.one module.m[*].test_thing.two[0] \
         module.m[*].test_thing.two[1]",
    );
    assert_eq!(plan.deferred[0].configuration.attr("size"), Some(&Value::int(1)));
    applied(&mut stack, plan);
    known(&mut stack, Value::int(2));
    let plan = planned(&mut stack);
    assert_eq!(plan.counts().add, 7);
    applied(&mut stack, plan);
    // Kept, all of them, when the number is not known again.
    known(&mut stack, Value::unknown(Type::NUMBER));
    assert_eq!(show::changes(&planned(&mut stack)), "");
}

#[test]
fn keys_that_are_known_only_after_the_same_apply_wait_for_the_next_plan() {
    let mut stack = Stack::new(
        r#"
        resource "test_thing" "a" { name = "a" }
        resource "test_thing" "b" {
          for_each = toset([test_thing.a.id])
          name     = each.key
        }
        output "names" { value = [for one in test_thing.b : one.name] }
        "#,
    );
    allow(&mut stack);
    let approved = planned(&mut stack);
    check(
        &approved,
        "test_thing.a create\noutput.names create",
        "test_thing.b[*] KeysUnknown test_thing.a at most 1",
    );
    applied(&mut stack, approved.clone());
    assert_eq!(stack.cloud.deeds, ["make a"]);
    assert!(stack.state.outputs.is_empty());
    let again = planned(&mut stack);
    check(&again, "test_thing.b[\"id-1\"] create\noutput.names create", "");
    let ended = engine::ended(&stack.records);
    refine::refines(&approved, &again, &ended).expect("the second round refines");
    applied(&mut stack, again);
    check(&planned(&mut stack), "", "");
}

#[test]
fn only_the_same_module_instance_waits() {
    let stack = Stack::new(
        r#"
        //- /main.tf
        variable "keys" { type = map(set(string)) }
        module "m" {
          source   = "./m"
          for_each = var.keys
          keys     = each.value
        }
        //- /m/main.tf
        variable "keys" { type = set(string) }
        resource "test_thing" "a" {
          for_each = var.keys
          name     = each.key
        }
        resource "test_thing" "b" { name = "b${length(test_thing.a)}" }
        "#,
    );
    let keys = [
        ("open".into(), Value::unknown(Type::set(Type::STRING))),
        ("shut".into(), strings(&["x"])),
    ];
    let mut stack = stack.variable("keys", Value::map(Type::set(Type::STRING), keys));
    allow(&mut stack);
    check(
        &planned(&mut stack),
        "module.m[\"shut\"].test_thing.a[\"x\"] create\nmodule.m[\"shut\"].test_thing.b create",
        "module.m[\"open\"].test_thing.a[*] KeysUnknown var.keys\n\
         module.m[\"open\"].test_thing.b Upstream module.m[\"open\"].test_thing.a[*]",
    );
}

#[test]
fn a_data_source_behind_a_pending_input_is_read_at_the_apply() {
    let mut stack = Stack::new(
        r#"
        variable "id" { type = string }
        locals { q = "of ${var.id}" }
        data "test_look" "near" { query = local.q }
        data "test_look" "far" { query = "far" }
        resource "test_thing" "a" { name = data.test_look.near.result }
        "#,
    )
    .variable("id", Value::string("known already"));
    stack.pending.insert("id".into());
    let plan = planned(&mut stack);
    assert_eq!(
        show::changes(&plan),
        "data.test_look.near read read_because_dependency_pending\ntest_thing.a create"
    );
    let near = plan.changes.iter().find(|change| change.action == Action::Read).expect("a read");
    assert_eq!(format!("{:?}", near.causes), "[Pending([Input(\"id\")])]");
    applied(&mut stack, plan);
    stack.pending.clear();
    assert_eq!(show::changes(&planned(&mut stack)), "");
}

#[test]
fn a_data_source_that_depends_on_what_is_left_is_left_too() {
    let mut stack = estate(
        r#"
        variable "keys" { type = set(string) }
        resource "test_thing" "a" {
          for_each = var.keys
          name     = each.key
        }
        data "test_look" "l" {
          query      = "all"
          depends_on = [test_thing.a]
        }
        "#,
        "keys",
        Type::set(Type::STRING),
    );
    check(
        &planned(&mut stack),
        "",
        "data.test_look.l Upstream test_thing.a[*]\ntest_thing.a[*] KeysUnknown var.keys",
    );
}

#[test]
fn a_trigger_that_is_left_leaves_what_it_may_replace() {
    let config = |keys: &str| {
        format!(
            r#"
            variable "keys" {{ type = set(string) }}
            resource "test_thing" "a" {{
              {keys}
              name = "a"
            }}
            resource "test_thing" "b" {{
              name = "b"
              lifecycle {{ replace_triggered_by = [test_thing.a] }}
            }}
            resource "test_thing" "c" {{
              name       = "c"
              depends_on = [test_thing.a]
            }}
            "#
        )
    };
    let mut stack = estate(&config("for_each = var.keys"), "keys", Type::set(Type::STRING));
    known(&mut stack, strings(&["x"]));
    let plan = planned(&mut stack);
    applied(&mut stack, plan);
    known(&mut stack, Value::unknown(Type::set(Type::STRING)));
    // `c` is wholly known, and does not change whatever the keys are.
    check(
        &planned(&mut stack),
        "",
        "test_thing.a[*] KeysUnknown var.keys\ntest_thing.b Upstream test_thing.a[*]",
    );
}

/// An approved plan of [`KEYS`] with at most two creates left, and the stack that it is of.
fn approved() -> (Stack, Plan) {
    let bounded = Refinement::NOT_NULL.shorter_than_or(2);
    let mut stack = estate(KEYS, "keys", Type::set(Type::STRING));
    known(&mut stack, Value::unknown_with(Type::set(Type::STRING), bounded));
    let plan = planned(&mut stack);
    (stack, plan)
}

#[test]
fn a_changed_argument_of_something_left_stops_and_is_named() {
    let (stack, approved) = approved();
    let mut stack = stack.reconfigured(&KEYS.replace("size     = 3", "size     = 4"));
    known(&mut stack, strings(&["x"]));
    let later = planned(&mut stack);
    assert_eq!(stops(&approved, &later), ["test_thing.a[\"x\"].size: Planned"]);
}

#[test]
fn a_key_over_the_bound_stops_and_is_named() {
    let (mut stack, mut approved) = approved();
    approved.bound_deferred(20);
    known(&mut stack, strings(&["x", "y"]));
    let two = planned(&mut stack);
    assert!(refine::refines(&approved, &two, &refine::Ended::default()).is_ok());
    known(&mut stack, strings(&["x", "y", "z"]));
    let three = planned(&mut stack);
    assert_eq!(
        stops(&approved, &three),
        ["Variable(\"keys\"): Input", "test_thing.a[\"z\"]: Bound"]
    );
}

#[test]
fn an_output_that_waited_is_published_when_it_is_over_though_it_is_what_it_was() {
    let mut stack = estate(KEYS, "keys", Type::set(Type::STRING));
    known(&mut stack, strings(&["x"]));
    let plan = planned(&mut stack);
    applied(&mut stack, plan);
    known(&mut stack, Value::unknown(Type::set(Type::STRING)));
    let plan = planned(&mut stack);
    applied(&mut stack, plan);
    assert_eq!(stack.stale.iter().map(|name| &**name).collect::<Vec<_>>(), ["b"]);
    // Still waiting: it is not told again, and nothing is left to do.
    check(
        &planned(&mut stack),
        "",
        "test_thing.a[*] KeysUnknown var.keys\ntest_thing.b Upstream test_thing.a[*]",
    );
    known(&mut stack, strings(&["x"]));
    let plan = planned(&mut stack);
    check(&plan, "output.b update", "");
    applied(&mut stack, plan);
    assert!(stack.stale.is_empty());
}
