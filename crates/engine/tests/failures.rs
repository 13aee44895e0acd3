//! Applies in which something goes wrong: what is left of them, and that nothing else suffers.

mod support;

use engine::ApplyEnd;
use state::journal::Entry;
use support::cloud::Misdeed;
use support::{Stack, show, without_errors};

/// Things of these names and sizes, the second made from the first.
fn pair(size: u32) -> String {
    format!(
        r#"
        resource "test_thing" "a" {{
          name = "a"
          size = {size}
        }}
        resource "test_thing" "b" {{ name = test_thing.a.id }}
        resource "test_thing" "c" {{ name = "c" }}
        output "a" {{ value = test_thing.a.id }}
        output "c" {{ value = test_thing.c.id }}
        "#
    )
}

fn settle(stack: &mut Stack) {
    let outcome = stack.plan();
    without_errors(&outcome.diags);
    let outcome = stack.apply(outcome.plan);
    without_errors(&outcome.diags);
    assert_eq!(outcome.end, ApplyEnd::Complete);
}

/// Plans and applies, and gives the codes of what was told.
fn fail(stack: &mut Stack) -> Vec<&'static str> {
    let outcome = stack.plan();
    without_errors(&outcome.diags);
    let outcome = stack.apply_watched(outcome.plan, 10, &mut |_, _| {});
    assert_eq!(outcome.end, ApplyEnd::Failed);
    outcome.diags.iter().map(|one| one.code.0).collect()
}

fn planned(stack: &mut Stack) -> String {
    let outcome = stack.plan();
    without_errors(&outcome.diags);
    show::changes(&outcome.plan)
}

fn objects(stack: &Stack) -> Vec<String> {
    let line = |(at, row): (state::ObjectAddr, state::Row)| match row.object.status {
        state::Status::Tainted => format!("{at} tainted"),
        _ => at.to_string(),
    };
    stack.state.rows().map(line).collect()
}

#[test]
fn an_error_keeps_only_from_what_depends_on_it() {
    let mut stack = Stack::new(&pair(1));
    stack.cloud.misdeeds.insert("a", Misdeed::MakesNothing);
    assert_eq!(fail(&mut stack), ["provider-error"]);
    assert_eq!(objects(&stack), ["test_thing.c"]);
    let outputs: Vec<&str> = stack.state.outputs.keys().map(|name| &**name).collect();
    assert_eq!(outputs, ["c"]);
    stack.cloud.misdeeds.clear();
    settle(&mut stack);
    assert_eq!(planned(&mut stack), "");
}

#[test]
fn what_is_half_made_is_tainted_and_replaced() {
    let mut stack = Stack::new(&pair(1));
    stack.cloud.misdeeds.insert("a", Misdeed::MakesHalf);
    assert_eq!(fail(&mut stack), ["provider-error"]);
    assert_eq!(objects(&stack), ["test_thing.a tainted", "test_thing.c"]);
    stack.cloud.misdeeds.clear();
    assert_eq!(
        planned(&mut stack),
        "test_thing.a delete/create replace_because_tainted\ntest_thing.b create\noutput.a create"
    );
    settle(&mut stack);
    assert_eq!(stack.cloud.things.len(), 3);
}

#[test]
fn a_successor_that_is_not_made_leaves_its_predecessor_in_place() {
    let config = |size: u32| {
        pair(size)
            .replace("name = \"a\"", "name = \"a\"\nlifecycle {\ncreate_before_destroy = true\n}")
    };
    let mut stack = Stack::new(&config(1));
    settle(&mut stack);
    let before = show::state(&stack.state);
    let mut stack = stack.reconfigured(&config(2));
    stack.cloud.misdeeds.insert("a", Misdeed::MakesNothing);
    assert_eq!(fail(&mut stack), ["provider-error"]);
    assert_eq!(show::state(&stack.state), before);
    stack.cloud.misdeeds.insert("a", Misdeed::MakesHalf);
    assert_eq!(fail(&mut stack), ["provider-error"]);
    let now = objects(&stack);
    assert!(now[0] == "test_thing.a tainted" && now[1].contains("deposed"), "{now:?}");
    stack.cloud.misdeeds.clear();
    settle(&mut stack);
    assert_eq!(planned(&mut stack), "");
    assert_eq!(stack.cloud.things.len(), 3);
}

#[test]
fn an_update_that_fails_keeps_what_there_is() {
    let mut stack = Stack::new(&pair(1));
    settle(&mut stack);
    let before = show::state(&stack.state);
    let mut stack = stack.reconfigured(&pair(1).replace("name = \"c\"", "name = \"d\""));
    stack.cloud.misdeeds.insert("d", Misdeed::MakesNothing);
    assert_eq!(fail(&mut stack), ["provider-error"]);
    assert_eq!(show::state(&stack.state), before);
    assert_eq!(planned(&mut stack), "test_thing.c update");
}

#[test]
fn what_is_not_destroyed_stays_with_all_it_depends_on() {
    let mut stack = Stack::new(
        r#"
        resource "test_thing" "a" { name = "a" }
        resource "test_thing" "b" {
          name = "b"
          tags = { of = test_thing.a.id }
        }
        resource "test_thing" "c" { name = "c" }
        "#,
    );
    settle(&mut stack);
    stack.options.mode = plan::Mode::Destroy;
    stack.cloud.misdeeds.insert("b", Misdeed::Stays);
    assert_eq!(fail(&mut stack), ["provider-error"]);
    assert_eq!(objects(&stack), ["test_thing.a", "test_thing.b"]);
}

#[test]
fn a_provider_that_goes_leaves_a_doubt() {
    let mut stack = Stack::new(&pair(1));
    stack.cloud.misdeeds.insert("a", Misdeed::ExitsWhileMaking);
    assert_eq!(fail(&mut stack), ["provider-call-failed"]);
    assert_eq!(objects(&stack), ["test_thing.c"]);
    let doubts: Vec<String> = stack.in_doubt.iter().map(|one| one.begin.at.to_string()).collect();
    assert_eq!(doubts, ["test_thing.a"]);
}

#[test]
fn a_call_that_never_came_to_the_provider_leaves_none() {
    let mut stack = Stack::new(&pair(1));
    stack.cloud.misdeeds.insert("a", Misdeed::RefusesToMake);
    assert_eq!(fail(&mut stack), ["provider-call-failed"]);
    assert!(stack.in_doubt.is_empty());
    assert_eq!(objects(&stack), ["test_thing.c"]);
}

#[test]
fn a_provider_that_breaks_its_word_is_told_of() {
    let mut stack = Stack::new(&pair(1));
    stack.cloud.misdeeds.insert("a", Misdeed::MakesAnother);
    assert_eq!(fail(&mut stack), ["provider-inconsistent-result"]);
    assert_eq!(objects(&stack), ["test_thing.a tainted", "test_thing.c"]);
    let mut stack = Stack::new(&pair(1));
    stack.cloud.misdeeds.insert("a", Misdeed::PlansAnew);
    assert_eq!(fail(&mut stack), ["provider-inconsistent-final-plan"]);
    assert_eq!(objects(&stack), ["test_thing.c"]);
    let mut stack = Stack::new(&pair(1));
    stack.cloud.misdeeds.insert("a", Misdeed::PlansAnother);
    let outcome = stack.plan();
    let codes: Vec<&str> = outcome.diags.iter().map(|one| one.code.0).collect();
    assert_eq!(codes, ["provider-invalid-plan"]);
}

#[test]
fn the_sdk_of_old_times_may_break_it() {
    let mut stack = Stack::new(&pair(1));
    stack.cloud.legacy = true;
    stack.cloud.misdeeds.insert("a", Misdeed::MakesAnother);
    settle(&mut stack);
    assert_eq!(objects(&stack), ["test_thing.a", "test_thing.b", "test_thing.c"]);
}

#[test]
fn what_cannot_be_read_is_not_planned() {
    let mut stack = Stack::new(&pair(1));
    settle(&mut stack);
    stack.cloud.misdeeds.insert("a", Misdeed::CannotBeRead);
    let outcome = stack.plan();
    let codes: Vec<&str> = outcome.diags.iter().map(|one| one.code.0).collect();
    assert_eq!(codes, ["provider-error"]);
    assert_eq!(outcome.plan.completeness, plan::Completeness::Errored);
}

#[test]
fn nothing_begins_after_a_stop_and_what_was_begun_ends() {
    let mut stack = Stack::new(
        r#"
        resource "test_thing" "many" {
          count = 10
          name  = "m${count.index}"
        }
        "#,
    );
    let plan = stack.plan().plan;
    let outcome = stack.apply_watched(plan, 3, &mut |records, applier| {
        if records.iter().any(|record| matches!(record.entry, Entry::End(_))) {
            applier.stop(engine::Stop::BeginNothing);
        }
    });
    assert_eq!(outcome.end, ApplyEnd::Stopped);
    without_errors(&outcome.diags);
    assert!(stack.in_doubt.is_empty());
    assert_eq!(stack.state.object_count(), stack.cloud.things.len());
    assert!((1..=4).contains(&stack.cloud.things.len()), "{}", stack.cloud.things.len());
    settle(&mut stack);
    assert_eq!(stack.cloud.things.len(), 10);
}

#[test]
fn no_more_are_begun_at_a_time_than_there_are_places() {
    let mut stack = Stack::new(
        r#"
        resource "test_thing" "many" {
          count = 20
          name  = "m${count.index}"
        }
        "#,
    );
    let plan = stack.plan().plan;
    let mut most = 0;
    stack.apply_watched(plan, 4, &mut |records, _| {
        let count = |is: fn(&Entry) -> bool| records.iter().filter(|one| is(&one.entry)).count();
        let begun = count(|entry| matches!(entry, Entry::Begin(_)));
        most = most.max(begun - count(|entry| matches!(entry, Entry::End(_))));
    });
    assert_eq!(most, 4);
    assert_eq!(stack.cloud.things.len(), 20);
}

#[test]
fn wherever_it_breaks_off_the_journal_tells_what_there_is() {
    let config = |size: u32| {
        pair(size)
            + r#"
            resource "test_thing" "d" {
              size = 3
              tags = { of = test_thing.a.id }
              lifecycle { create_before_destroy = true }
            }
            "#
    };
    let mut stack = Stack::new(&config(1));
    settle(&mut stack);
    let mut stack = stack.reconfigured(&config(2));
    let base = stack.state.clone();
    let plan = stack.plan().plan;
    let mut longest = Vec::new();
    stack.apply_watched(plan, 2, &mut |records, _| longest = records.to_vec());
    assert!(longest.len() > 8, "{}", longest.len());
    for length in 1..=longest.len() {
        let folded = state::journal::fold(base.clone(), &longest[..length]).expect("a journal");
        assert!(folded.in_doubt.len() <= 2, "{length}: {:?}", folded.in_doubt);
    }
}

#[test]
fn an_output_that_is_behind_is_published_again_though_it_is_what_it_was() {
    let config = |name: &str| {
        format!(
            r#"
            resource "test_thing" "a" {{ name = "{name}" }}
            output "o" {{ value = test_thing.a.out }}
            "#
        )
    };
    let mut stack = Stack::new(&config("a"));
    settle(&mut stack);
    let mut stack = stack.reconfigured(&config("b"));
    stack.cloud.misdeeds.insert("b", Misdeed::MakesNothing);
    assert_eq!(fail(&mut stack), ["provider-error"]);
    assert_eq!(stack.stale.len(), 1);
    // Back to what it was: nothing changes, and whoever reads the output has to know.
    let mut stack = stack.reconfigured(&config("a"));
    assert_eq!(planned(&mut stack), "output.o update");
    settle(&mut stack);
    assert!(stack.stale.is_empty());
    assert_eq!(planned(&mut stack), "");
}
