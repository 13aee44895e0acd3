//! Drift: taken in, left, or taken in of some objects only.

mod support;

use engine::ApplyEnd;
use plan::{DriftChoice, Mode};
use support::{Stack, show, without_errors};
use value::Value;

/// Two things, of which one reads the other.
const PAIR: &str = r#"
    resource "test_thing" "a" { name = "a" }
    resource "test_thing" "b" { name = test_thing.a.out }
    output "a" { value = test_thing.a.name }
"#;

fn settled(configuration: &str) -> Stack {
    let mut stack = Stack::new(configuration);
    apply(&mut stack);
    stack.options.drift = DriftChoice::Left;
    stack
}

fn apply(stack: &mut Stack) {
    let outcome = stack.plan();
    without_errors(&outcome.diags);
    let outcome = stack.apply(outcome.plan);
    without_errors(&outcome.diags);
    assert_eq!(outcome.end, ApplyEnd::Complete);
}

/// Changes the cloud: the thing of this name has another value at an attribute.
fn change(stack: &mut Stack, name: &str, attribute: &str, to: Value) {
    let thing = stack
        .cloud
        .things
        .values_mut()
        .find(|thing| thing.attr("name").and_then(Value::as_str) == Some(name))
        .expect("a thing");
    let (ty, values) = thing.as_object().expect("an object");
    let mut values = values.to_vec();
    values[ty.slot(attribute).expect("an attribute")] = to;
    *thing = Value::object_of(thing.ty(), values);
}

/// What is planned, and whose drift counts.
fn check(stack: &mut Stack, changes: &str, drift: &[&str]) {
    let outcome = stack.plan();
    without_errors(&outcome.diags);
    assert_eq!(show::changes(&outcome.plan), changes);
    let counting = outcome.plan.drift.iter().filter(|one| one.counts_as_drift());
    let counting: Vec<String> = counting.map(|one| one.address.to_string()).collect();
    assert_eq!(counting, drift);
}

fn named(stack: &Stack, name: &str) -> Vec<Value> {
    let has = |thing: &&Value| thing.attr("name").and_then(Value::as_str) == Some(name);
    stack.cloud.things.values().filter(has).cloned().collect()
}

#[test]
fn what_is_left_is_planned_as_the_state_has_it() {
    let mut stack = settled(PAIR);
    change(&mut stack, "a", "name", Value::string("x"));
    check(&mut stack, "", &["test_thing.a"]);
    stack.options.drift = DriftChoice::Taken;
    check(&mut stack, "test_thing.a update\ntest_thing.b update", &["test_thing.a"]);
}

#[test]
fn what_is_left_stays_in_state_and_cloud_when_another_changes() {
    let mut stack = settled(PAIR);
    change(&mut stack, "a", "name", Value::string("x"));
    let mut stack = stack.reconfigured(&PAIR.replace(
        " name = test_thing.a.out }",
        "\n name = test_thing.a.out\n tags = { k = \"v\" }\n }",
    ));
    stack.options.drift = DriftChoice::Left;
    check(&mut stack, "test_thing.b update", &["test_thing.a"]);
    apply(&mut stack);
    assert_eq!(named(&stack, "x").len(), 1, "the drift was carried out");
    check(&mut stack, "", &["test_thing.a"]);
}

#[test]
fn what_is_gone_is_not_made_again() {
    let mut stack = settled(r#"resource "test_thing" "a" { name = "a" }"#);
    let count = stack.state.object_count();
    stack.cloud.things.clear();
    check(&mut stack, "", &["test_thing.a"]);
    apply(&mut stack);
    assert!(stack.cloud.things.is_empty());
    assert_eq!(stack.state.object_count(), count, "the state forgot it");
}

#[test]
fn an_object_whose_configuration_changes_is_planned_as_it_is() {
    let mut stack = settled(r#"resource "test_thing" "a" { name = "a" }"#);
    change(
        &mut stack,
        "a",
        "tags",
        value::json::decode(br#"{"by":"hand"}"#, value::Type::map(value::Type::STRING))
            .expect("tags"),
    );
    let mut stack = stack.reconfigured(r#"resource "test_thing" "a" { name = "b" }"#);
    stack.options.drift = DriftChoice::Left;
    let outcome = stack.plan();
    assert_eq!(show::changes(&outcome.plan), "test_thing.a update");
    let tags = outcome.plan.changes[0].before.attr("tags").expect("tags");
    assert!(!tags.is_null(), "the drift is not shown as what is put back");
}

#[test]
fn what_only_the_provider_sets_or_the_block_ignores_does_not_count() {
    let mut stack = settled(
        r#"resource "test_thing" "a" {
             name = "a"
             lifecycle { ignore_changes = [tags] }
           }"#,
    );
    let by_hand = value::json::decode(br#"{"by":"hand"}"#, value::Type::map(value::Type::STRING));
    change(&mut stack, "a", "tags", by_hand.expect("tags"));
    check(&mut stack, "", &[]);
    change(&mut stack, "a", "secret", Value::string("s"));
    check(&mut stack, "", &["test_thing.a"]);
}

#[test]
fn what_people_leave_to_the_provider_does_not_count_and_is_taken_in() {
    let mut stack = settled(r#"resource "test_thing" "a" { name = "a" }"#);
    change(&mut stack, "a", "stamp", Value::int(7));
    check(&mut stack, "", &[]);
    let outcome = stack.plan();
    let row = outcome.plan.prior.rows().next().expect("an object").1;
    assert!(format!("{:?}", row.object.attributes).contains('7'), "the state is behind");
    let mut stack = settled(r#"resource "test_thing" "a" { stamp = 3 }"#);
    let thing = stack.cloud.things.values_mut().next().expect("a thing");
    let (ty, values) = thing.as_object().expect("an object");
    let mut values = values.to_vec();
    values[ty.slot("stamp").expect("an attribute")] = Value::int(7);
    *thing = Value::object_of(thing.ty(), values);
    check(&mut stack, "", &["test_thing.a"]);
}

#[test]
fn the_cause_names_what_counts_and_nothing_else() {
    for (drift, mode) in [
        (DriftChoice::Left, Mode::Normal),
        (DriftChoice::Left, Mode::RefreshOnly),
        (DriftChoice::Taken, Mode::Normal),
    ] {
        let mut stack = settled(r#"resource "test_thing" "a" { name = "a" }"#);
        change(&mut stack, "a", "stamp", Value::int(7));
        change(&mut stack, "a", "secret", Value::string("s"));
        (stack.options.drift, stack.options.mode) = (drift, mode);
        let causes = &stack.plan().plan.drift[0].causes;
        let secret = plan::Cause::Drift { paths: vec![value::Path::new().attr("secret")] };
        assert_eq!(*causes, [secret]);
    }
}

#[test]
fn where_everything_is_ignored_nothing_counts_but_that_it_is_gone() {
    let mut stack = settled(
        r#"resource "test_thing" "a" {
             name = "a"
             lifecycle { ignore_changes = all }
           }"#,
    );
    change(&mut stack, "a", "secret", Value::string("s"));
    check(&mut stack, "", &[]);
    stack.cloud.things.clear();
    check(&mut stack, "", &["test_thing.a"]);
}

#[test]
fn only_what_is_named_is_put_back() {
    let mut stack = settled(
        r#"
        resource "test_thing" "a" { name = "a" }
        resource "test_thing" "b" { name = "b" }
        "#,
    );
    change(&mut stack, "a", "name", Value::string("x"));
    change(&mut stack, "b", "name", Value::string("y"));
    let both = ["test_thing.a", "test_thing.b"];
    stack.options.drift = DriftChoice::Only(vec!["test_thing.a".parse().expect("an address")]);
    check(&mut stack, "test_thing.a update", &both);
    apply(&mut stack);
    assert_eq!((named(&stack, "a").len(), named(&stack, "y").len()), (1, 1));
}

#[test]
fn only_what_is_named_is_accepted() {
    let mut stack = settled(
        r#"
        resource "test_thing" "a" { name = "a" }
        resource "test_thing" "b" { name = "b" }
        "#,
    );
    change(&mut stack, "a", "name", Value::string("x"));
    stack.cloud.things.retain(|_, thing| thing.attr("name").and_then(Value::as_str) != Some("b"));
    stack.options.mode = Mode::RefreshOnly;
    stack.options.drift = DriftChoice::Only(vec!["test_thing.a".parse().expect("an address")]);
    let outcome = stack.plan();
    assert!(outcome.plan.has_changes());
    apply(&mut stack);
    assert_eq!(stack.state.object_count(), 2, "what is gone was accepted, too");
    check(&mut stack, "", &["test_thing.b"]);
    stack.options.drift = DriftChoice::Left;
    assert!(!stack.plan().plan.has_changes());
}
