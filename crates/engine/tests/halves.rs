//! Lead and trail: what others still use is destroyed only after they had their chance to move over.

mod support;

use std::sync::Arc;

use diag::Diags;
use engine::{ApplyEnd, Earlier, Split, halves};
use lang::graph::StaticGraph;
use plan::Plan;
use support::cloud::Misdeed;
use support::{Between, Stack, show, without_errors};

/// A network that `o` is read from, something in it, and something else.
fn network(size: u32, lifecycle: &str) -> String {
    format!(
        r#"
        resource "test_thing" "net" {{
          name = "net"
          size = {size}
          {lifecycle}
        }}
        resource "test_thing" "rule" {{ name = "rule of ${{test_thing.net.id}}" }}
        output "o" {{ value = test_thing.net.id }}
        "#
    )
}

const FIRST: &str = "lifecycle {\n create_before_destroy = true\n }";

fn settle(stack: &mut Stack) {
    let outcome = stack.plan();
    without_errors(&outcome.diags);
    let outcome = stack.apply(outcome.plan);
    without_errors(&outcome.diags);
    assert_eq!(outcome.end, ApplyEnd::Complete);
    stack.cloud.deeds.clear();
}

fn planned(stack: &mut Stack) -> Plan {
    let outcome = stack.plan();
    without_errors(&outcome.diags);
    stack.cloud.deeds.clear();
    outcome.plan
}

fn split(stack: &Stack, plan: &Plan) -> Split {
    let graph = StaticGraph::build(&stack.config, &mut Diags::new());
    halves(&stack.config, &graph, plan, &stack.readers())
}

/// What breaks, as text.
fn breaks(stack: &Stack, plan: &Plan) -> Vec<String> {
    let line = |one: engine::Break| format!("{} by {}", one.output, one.address);
    split(stack, plan).breaks.into_iter().map(line).collect()
}

fn wired(names: &[&str]) -> Vec<Arc<str>> {
    names.iter().map(|name| Arc::from(*name)).collect()
}

/// Settled with one configuration, wired, and planned with the next.
fn moved(from: &str, to: &str, names: &[&str]) -> (Stack, Plan) {
    let mut stack = Stack::new(from);
    settle(&mut stack);
    let mut stack = stack.reconfigured(to);
    stack.wired = wired(names);
    let plan = planned(&mut stack);
    (stack, plan)
}

#[test]
fn with_nothing_wired_all_is_the_lead() {
    let (mut stack, plan) = moved(&network(1, FIRST), &network(2, FIRST), &[]);
    assert!(split(&stack, &plan).is_all_lead());
    stack.apply(plan);
    assert!(
        !stack.cloud.deeds.iter().any(|deed| deed.starts_with("--")),
        "{:?}",
        stack.cloud.deeds
    );
}

#[test]
fn the_new_is_made_then_readers_move_then_the_old_goes() {
    let (mut stack, plan) = moved(&network(1, FIRST), &network(2, FIRST), &["o"]);
    assert_eq!(breaks(&stack, &plan), [] as [&str; 0]);
    let outcome = stack.apply(plan);
    without_errors(&outcome.diags);
    assert_eq!(outcome.end, ApplyEnd::Complete);
    assert_eq!(
        stack.cloud.deeds,
        ["make net", "change rule of id-3", "-- lead over", "read net", "destroy net"]
    );
    assert_eq!(stack.lead.len(), 1);
    assert_eq!(stack.lead[0].1.as_str(), Some("id-3"));
    assert_eq!(show::changes(&planned(&mut stack)), "");
}

#[test]
fn replacing_in_place_what_is_wired_breaks_its_readers() {
    let (mut stack, plan) = moved(&network(1, ""), &network(2, ""), &["o"]);
    assert_eq!(breaks(&stack, &plan), ["o by test_thing.net"]);
    // Where it is allowed nevertheless, the output is there when the lead is over.
    let outcome = stack.apply(plan);
    assert_eq!(outcome.end, ApplyEnd::Complete);
    assert!(
        !stack.cloud.deeds.iter().any(|deed| deed.starts_with("--")),
        "{:?}",
        stack.cloud.deeds
    );
}

#[test]
fn replacing_in_place_breaks_also_where_the_output_stays_the_same() {
    let config = |size: u32| {
        format!(
            r#"
            resource "test_thing" "net" {{
              name = "net"
              size = {size}
            }}
            output "o" {{ value = test_thing.net.name }}
            "#
        )
    };
    let (stack, plan) = moved(&config(1), &config(2), &["o"]);
    assert_eq!(breaks(&stack, &plan), ["o by test_thing.net"]);
}

#[test]
fn an_output_that_goes_with_its_reader_takes_its_object_in_the_trail() {
    let both = r#"
        resource "test_thing" "a" { name = "a" }
        resource "test_thing" "b" { name = "b" }
        output "a" { value = test_thing.a.id }
        output "b" { value = test_thing.b.id }
    "#;
    let one = r#"
        resource "test_thing" "a" { name = "a" }
        resource "test_thing" "c" { name = "c" }
        output "a" { value = test_thing.a.id }
    "#;
    let (mut stack, plan) = moved(both, one, &["a"]);
    assert_eq!(breaks(&stack, &plan), [] as [&str; 0]);
    stack.apply(plan);
    assert_eq!(stack.cloud.deeds, ["make c", "-- lead over", "read b", "destroy b"]);
    assert_eq!(stack.lead.iter().map(|(name, _)| &**name).collect::<Vec<_>>(), ["a"]);
}

#[test]
fn an_output_that_is_rewired_leaves_what_it_derived_from_to_the_trail() {
    let from = r#"
        resource "test_thing" "a" { name = "a" }
        output "o" { value = test_thing.a.id }
    "#;
    let to = r#"
        resource "test_thing" "b" { name = "b" }
        output "o" { value = test_thing.b.id }
    "#;
    let (mut stack, plan) = moved(from, to, &["o"]);
    stack.apply(plan);
    assert_eq!(stack.cloud.deeds, ["make b", "-- lead over", "read a", "destroy a"]);
}

#[test]
fn what_no_output_derives_from_goes_in_the_lead() {
    let from = r#"
        resource "test_thing" "a" { name = "a" }
        resource "test_thing" "x" { name = "x" }
        output "o" { value = test_thing.a.id }
    "#;
    let to = r#"
        resource "test_thing" "a" { name = "a" }
        output "o" { value = test_thing.a.id }
    "#;
    let (mut stack, plan) = moved(from, to, &["o"]);
    assert!(split(&stack, &plan).is_all_lead());
    stack.apply(plan);
    assert_eq!(stack.cloud.deeds, ["destroy x"]);
}

#[test]
fn after_an_apply_that_was_not_whole_all_that_goes_is_in_the_trail() {
    let from = r#"
        resource "test_thing" "a" { name = "a" }
        resource "test_thing" "x" { name = "x" }
        output "o" { value = test_thing.a.id }
    "#;
    let to = r#"
        resource "test_thing" "a" { name = "a" }
        output "o" { value = test_thing.a.id }
    "#;
    let (mut stack, plan) = moved(from, to, &["o"]);
    stack.earlier = Earlier::Undone;
    let split = split(&stack, &plan);
    assert!(split.breaks.is_empty() && !split.is_all_lead());
}

#[test]
fn what_follows_the_trail_is_in_the_trail() {
    let from = r#"
        resource "test_thing" "a" { name = "a" }
        resource "test_thing" "b" { name = test_thing.a.id }
        output "o" { value = test_thing.b.id }
    "#;
    let to = r#"
        resource "test_thing" "b" { name = "b" }
        output "o" { value = test_thing.b.id }
    "#;
    // Without `b` being created first, `a` goes before `b` is changed: both belong to the trail.
    let (mut stack, plan) = moved(from, to, &["o"]);
    assert_eq!(breaks(&stack, &plan), [] as [&str; 0]);
    stack.apply(plan);
    assert_eq!(stack.cloud.deeds, ["-- lead over", "read a", "destroy a", "change b"]);
    assert_eq!(stack.lead[0].1.as_str(), Some("id-2"), "an output that stays is there at once");
}

#[test]
fn without_the_new_value_nothing_of_the_trail_runs() {
    let (mut stack, plan) = moved(&network(1, FIRST), &network(2, FIRST), &["o"]);
    stack.cloud.misdeeds.insert("net", Misdeed::MakesNothing);
    let outcome = stack.apply_watched(plan, 10, &mut |_, _| {});
    assert_eq!(outcome.end, ApplyEnd::Failed);
    assert!(!stack.cloud.deeds.iter().any(|deed| deed.starts_with("destroy")));
    assert!(stack.lead.is_empty(), "{:?}", stack.lead);
}

#[test]
fn an_output_that_failed_keeps_the_whole_trail_from_running() {
    let from = r#"
        resource "test_thing" "old" { name = "old" }
        output "o" { value = test_thing.old.id }
    "#;
    let to = r#"
        resource "test_thing" "new" { name = "new" }
        output "o" { value = test_thing.new.id }
    "#;
    let (mut stack, plan) = moved(from, to, &["o"]);
    stack.cloud.misdeeds.insert("new", Misdeed::MakesNothing);
    let outcome = stack.apply_watched(plan, 10, &mut |_, _| {});
    assert_eq!(outcome.end, ApplyEnd::Failed);
    assert_eq!(stack.cloud.deeds, ["make new", "-- lead over"]);
}

#[test]
fn a_trail_that_is_left_undone_is_planned_again() {
    let (mut stack, plan) = moved(&network(1, FIRST), &network(2, FIRST), &["o"]);
    stack.between = Between::Stop;
    let outcome = stack.apply(plan);
    assert_eq!(outcome.end, ApplyEnd::Stopped);
    let plan = planned(&mut stack);
    let changes = show::changes(&plan);
    assert!(changes.starts_with("test_thing.net (") && changes.ends_with(") delete"), "{changes}");
    stack.between = Between::Begin(|_| {});
    assert_eq!(stack.apply(plan).end, ApplyEnd::Complete);
    assert_eq!(show::changes(&planned(&mut stack)), "");
}

#[test]
fn what_is_gone_when_the_trail_comes_is_recorded_as_gone() {
    let (mut stack, plan) = moved(&network(1, FIRST), &network(2, FIRST), &["o"]);
    stack.between = Between::Begin(|cloud| {
        cloud.things.remove("id-1");
    });
    let outcome = stack.apply(plan);
    assert_eq!(outcome.end, ApplyEnd::Complete);
    assert_eq!(stack.cloud.deeds.last().map(String::as_str), Some("read net"));
    assert_eq!(show::changes(&planned(&mut stack)), "");
}

#[test]
fn what_is_another_object_when_the_trail_comes_is_left() {
    let (mut stack, plan) = moved(&network(1, FIRST), &network(2, FIRST), &["o"]);
    stack.between = Between::Begin(|cloud| {
        let other = cloud.things["id-2"].clone();
        cloud.things.insert("id-1".to_owned(), other);
    });
    let outcome = stack.apply_watched(plan, 10, &mut |_, _| {});
    assert_eq!(outcome.end, ApplyEnd::Failed);
    let codes: Vec<&str> = outcome.diags.iter().map(|one| one.code.0).collect();
    assert_eq!(codes, ["trail-object-moved"]);
    assert_eq!(stack.cloud.deeds.last().map(String::as_str), Some("read net"));
    assert!(show::state(&stack.state).contains("id-1"), "it is still in the state");
}

#[test]
fn what_can_no_longer_be_read_is_left() {
    let (mut stack, plan) = moved(&network(1, FIRST), &network(2, FIRST), &["o"]);
    stack.between = Between::Begin(|cloud| {
        cloud.misdeeds.insert("net", Misdeed::CannotBeRead);
    });
    let outcome = stack.apply_watched(plan, 10, &mut |_, _| {});
    assert_eq!(outcome.end, ApplyEnd::Failed);
    assert!(show::state(&stack.state).contains("id-1"));
}

#[test]
fn an_output_that_waits_for_a_later_plan_keeps_the_trail_from_running() {
    let from = r#"
        resource "test_thing" "old" { name = "old" }
        output "o" { value = [test_thing.old.id] }
    "#;
    let to = r#"
        resource "test_thing" "base" { name = "base" }
        resource "test_thing" "new" {
          for_each = toset([test_thing.base.id])
          name     = each.key
        }
        output "o" { value = [for one in test_thing.new : one.id] }
    "#;
    let mut stack = Stack::new(from);
    settle(&mut stack);
    let mut stack = stack.reconfigured(to);
    stack.deferral =
        engine::Deferral::Allowed { defer_providers: Vec::new(), absent_providers: Vec::new() };
    stack.wired = wired(&["o"]);
    let plan = planned(&mut stack);
    let outcome = stack.apply(plan);
    without_errors(&outcome.diags);
    assert_eq!(outcome.end, ApplyEnd::Stopped);
    assert_eq!(stack.cloud.deeds, ["make base", "-- lead over"]);
    assert!(stack.lead.is_empty(), "{:?}", stack.lead);
    // The next round makes it, and then the old one goes.
    let plan = planned(&mut stack);
    stack.apply(plan);
    assert_eq!(stack.cloud.deeds, ["make id-2", "-- lead over", "read old", "destroy old"]);
}

#[test]
fn a_stop_in_the_lead_leaves_the_trail_undone() {
    let (mut stack, plan) = moved(&network(1, FIRST), &network(2, FIRST), &["o"]);
    let begun = |records: &[state::journal::Record]| {
        records.iter().any(|one| matches!(one.entry, state::journal::Entry::Begin(_)))
    };
    let outcome = stack.apply_watched(plan, 10, &mut |records, applier| {
        if begun(records) {
            applier.stop(engine::Stop::BeginNothing);
        }
    });
    assert_eq!(outcome.end, ApplyEnd::Stopped);
    assert_eq!(stack.cloud.deeds, ["make net"], "what was begun ends, and nothing more begins");
    assert!(show::state(&stack.state).contains("id-1"), "the old one is set aside, and there");
}

#[test]
fn what_fails_in_the_trail_keeps_only_from_what_follows_it() {
    let from = r#"
        resource "test_thing" "a" { name = "a" }
        resource "test_thing" "b" { name = test_thing.a.name }
        resource "test_thing" "x" { name = "x" }
        output "o" { value = [test_thing.a.id, test_thing.b.id, test_thing.x.id] }
    "#;
    let (mut stack, plan) = moved(from, r#"output "o" { value = [] }"#, &["o"]);
    stack.between = Between::Begin(|cloud| {
        cloud.misdeeds.insert("a", Misdeed::Stays);
    });
    let outcome = stack.apply_watched(plan, 10, &mut |_, _| {});
    assert_eq!(outcome.end, ApplyEnd::Failed);
    let left: Vec<String> = stack.state.rows().map(|(at, _)| at.to_string()).collect();
    assert_eq!(left, ["test_thing.a", "test_thing.b"], "both are of that name");
}
