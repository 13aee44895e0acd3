//! What cannot be planned yet is left for a later plan, with all that follows it, and nothing else.

mod support;

use engine::{ApplyEnd, Deferral};
use plan::{Action, Completeness, Mode, Plan, Provisional, refine};
use support::cloud::{Misdeed, Unconfigured};
use support::{Order, Stack, show, without_errors};
use value::{Refinement, Type, Value};

/// In an estate, with a variable that is not known yet.
fn estate(fixture: &str, name: &str, ty: Type) -> Stack {
    let mut stack = Stack::new(fixture).variable(name, Value::unknown(ty));
    allow(&mut stack);
    stack
}

fn allow(stack: &mut Stack) {
    stack.deferral = Deferral::Allowed { defer_providers: Vec::new() };
}

/// The variable becomes known.
fn known(stack: &mut Stack, value: Value) {
    stack.variables[0].value = value;
}

fn strings(of: &[&str]) -> Value {
    Value::set(Type::STRING, of.iter().map(|one| Value::string(*one)).collect::<Vec<_>>())
}

fn planned(stack: &mut Stack) -> Plan {
    let outcome = stack.plan();
    without_errors(&outcome.diags);
    stack.cloud.deeds.clear();
    outcome.plan
}

fn applied(stack: &mut Stack, plan: Plan) {
    let outcome = stack.apply(plan);
    without_errors(&outcome.diags);
    assert_eq!(outcome.end, ApplyEnd::Complete);
}

#[track_caller]
fn check(plan: &Plan, changes: &str, deferred: &str) {
    assert_eq!(show::changes(plan), changes);
    assert_eq!(show::deferred(plan), deferred);
}

const KEYS: &str = r#"
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

const PROVIDER: &str = r#"
    variable "region" { type = string }
    provider "test" { region = var.region }
    resource "test_thing" "a" {
      name = "a"
      size = 2
    }
    resource "test_thing" "b" { name = test_thing.a.out }
"#;

#[test]
fn a_provider_that_plans_without_its_configuration_is_asked() {
    let mut stack = estate(PROVIDER, "region", Type::STRING);
    let plan = planned(&mut stack);
    assert_eq!(plan.changes[0].provisional, Provisional::No);
    assert!(plan.deferred.is_empty());
}

#[test]
fn one_that_cannot_is_not_and_only_configuration_binds() {
    for what in [Unconfigured::RefusesIt, Unconfigured::CannotPlan] {
        let mut stack = estate(PROVIDER, "region", Type::STRING);
        stack.cloud.unconfigured = what;
        let outcome = stack.plan();
        without_errors(&outcome.diags);
        let codes: Vec<&str> = outcome.diags.iter().map(|one| one.code.0).collect();
        assert_eq!(codes, ["provider-cannot-plan-yet"]);
        let plan = outcome.plan;
        check(&plan, "test_thing.a create\ntest_thing.b create", "");
        let a = &plan.changes[0];
        assert_eq!(a.provisional, Provisional::Yes);
        assert_eq!(a.after.attr("size"), Some(&Value::int(2)));
        assert!(
            !a.after.attr("tags").expect("tags").is_known(),
            "may be a default of the provider"
        );
        // With a known region the provider plans, and that is a refinement.
        known(&mut stack, Value::string("eu"));
        let now = planned(&mut stack);
        assert_eq!(now.changes[0].provisional, Provisional::No);
        refine::refines(&plan, &now, &refine::Ended::default()).expect("a refinement");
        applied(&mut stack, now);
    }
}

#[test]
fn a_provider_that_the_estate_defers_is_not_asked() {
    let mut stack = estate(PROVIDER, "region", Type::STRING);
    stack.deferral = Deferral::Allowed { defer_providers: vec!["test".into()] };
    let plan = planned(&mut stack);
    assert!(plan.changes.iter().all(|change| change.provisional == Provisional::Yes));
    let asked = |call: &&String| *call == "PlanResourceChange" || *call == "ConfigureProvider";
    assert_eq!(stack.cloud.calls.iter().filter(asked).count(), 0, "{:?}", stack.cloud.calls);
    known(&mut stack, Value::string("eu"));
    let plan = planned(&mut stack);
    assert!(plan.changes.iter().all(|change| change.provisional == Provisional::No));
}

#[test]
fn what_is_there_already_is_neither_read_nor_planned_by_a_provider_that_cannot() {
    let mut stack = estate(PROVIDER, "region", Type::STRING);
    known(&mut stack, Value::string("eu"));
    let plan = planned(&mut stack);
    applied(&mut stack, plan);
    known(&mut stack, Value::unknown(Type::STRING));
    stack.cloud.unconfigured = Unconfigured::CannotPlan;
    let outcome = stack.plan();
    without_errors(&outcome.diags);
    assert!(!stack.cloud.deeds.iter().skip(2).any(|deed| deed.starts_with("read")));
    check(
        &outcome.plan,
        "",
        "test_thing.a ProviderConfigUnknown var.region\ntest_thing.b ProviderConfigUnknown var.region",
    );
    let codes: Vec<&str> = outcome.diags.iter().map(|one| one.code.0).collect();
    assert_eq!(codes, ["objects-not-read", "provider-cannot-plan-yet"]);
}

#[test]
fn what_was_planned_from_the_schema_is_made_as_the_provider_plans_it() {
    let mut stack = Stack::new(
        r#"
        variable "x" { type = string }
        provider "test" { region = var.x }
        resource "test_thing" "a" { name = "a" }
        output "a" { value = test_thing.a.out }
        "#,
    )
    .variable("x", Value::unknown(Type::STRING));
    allow(&mut stack);
    stack.cloud.unconfigured = Unconfigured::CannotPlan;
    let mut plan = planned(&mut stack);
    assert_eq!(plan.changes[0].provisional, Provisional::Yes);
    plan.variables[0].value = Value::string("eu");
    applied(&mut stack, plan);
    assert_eq!(stack.cloud.deeds, ["make a"]);
}

#[test]
fn what_the_provider_puts_off_is_left_with_what_follows() {
    let mut stack = Stack::new(
        r#"
        resource "test_thing" "a" { name = "a" }
        resource "test_thing" "b" { name = test_thing.a.id }
        resource "test_thing" "c" { name = "c" }
        "#,
    );
    allow(&mut stack);
    stack.cloud.misdeeds.insert("a", Misdeed::IsPutOff);
    let approved = planned(&mut stack);
    assert_eq!(show::changes(&approved), "test_thing.c create");
    let deferred = show::deferred(&approved);
    assert!(deferred.starts_with("test_thing.a Provider provider["), "{deferred}");
    assert!(deferred.ends_with("test_thing.b Upstream test_thing.a"), "{deferred}");
    applied(&mut stack, approved.clone());
    stack.cloud.misdeeds.clear();
    let now = planned(&mut stack);
    assert_eq!(show::changes(&now), "test_thing.a create\ntest_thing.b create");
    let ended = engine::ended(&stack.records);
    refine::refines(&approved, &now, &ended).expect("a refinement");
}

#[test]
fn what_the_provider_puts_off_for_its_own_configuration_is_planned_from_the_schema() {
    let mut stack = estate(PROVIDER, "region", Type::STRING);
    stack.cloud.misdeeds.insert("a", Misdeed::IsPutOffUnconfigured);
    let plan = planned(&mut stack);
    assert_eq!(plan.changes[0].provisional, Provisional::Yes);
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

/// What does not refine: where and which row.
fn stops(approved: &Plan, later: &Plan) -> Vec<String> {
    let ended = refine::Ended::default();
    let differences = refine::refines(approved, later, &ended).expect_err("it does not refine");
    let line = |one: &refine::Difference| match &one.item {
        refine::Item::Object(address, _) => format!("{address}{}: {:?}", one.path, one.row),
        other => format!("{other:?}: {:?}", one.row),
    };
    differences.iter().map(line).collect()
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
fn a_provider_that_plans_a_replacement_of_something_left_stops_and_is_named() {
    let mut stack = estate(PROVIDER, "region", Type::STRING);
    known(&mut stack, Value::string("eu"));
    let plan = planned(&mut stack);
    applied(&mut stack, plan);
    stack.cloud.unconfigured = Unconfigured::CannotPlan;
    known(&mut stack, Value::unknown(Type::STRING));
    let approved = planned(&mut stack);
    assert!(show::deferred(&approved).starts_with("test_thing.a ProviderConfigUnknown var.region"));
    // Somebody made it another size meanwhile, so that the provider wants to replace it.
    stack.cloud.resize("id-1", 9);
    known(&mut stack, Value::string("eu"));
    let later = planned(&mut stack);
    let first = stops(&approved, &later).swap_remove(0);
    assert_eq!(first, "test_thing.a: Action");
}
