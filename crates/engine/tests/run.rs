//! Runs over many stacks: who goes when, and what becomes of the others where one fails.

mod run_support;

use engine::run::{Ask, Direction, Rest, StackEnd, StackId, Told, ended_well};
use run_support::{Plot, Script, play};

fn ends(plot: &Plot) -> Vec<StackEnd> {
    play(plot, 7).ends
}

/// Where an ask stands in what happened.
fn at(told: &[(StackId, Ask)], stack: u32, ask: Ask) -> usize {
    let found = told.iter().position(|one| *one == (StackId(stack), ask));
    found.unwrap_or_else(|| panic!("{stack} {ask:?} is not in {told:?}"))
}

#[test]
fn leads_go_up_and_trails_come_down() {
    let plot = Plot::chain(3).each(|script| script.trail = true);
    let played = play(&plot, 1);
    assert_eq!(played.ends, [StackEnd::Whole; 3]);
    let order = [
        (0, Ask::Plan { round: 1 }),
        (0, Ask::Lead),
        (1, Ask::Plan { round: 1 }),
        (1, Ask::Lead),
        (2, Ask::Lead),
        (2, Ask::Trail),
        (2, Ask::Close(Rest::Nothing)),
        (1, Ask::Trail),
        (0, Ask::Trail),
        (0, Ask::Close(Rest::Nothing)),
    ];
    let places: Vec<usize> =
        order.iter().map(|(stack, ask)| at(&played.asked, *stack, *ask)).collect();
    assert!(places.is_sorted(), "{:?}", played.asked);
}

#[test]
fn without_a_trail_a_stack_is_closed_before_anybody_above_is_over() {
    let played = play(&Plot::chain(2), 1);
    let closed = at(&played.asked, 0, Ask::Close(Rest::Nothing));
    assert!(closed < at(&played.asked, 1, Ask::Lead), "{:?}", played.asked);
}

#[test]
fn one_that_fails_blocks_only_what_reads_it() {
    // 0 ← 1 ← 3, 0 ← 2, 4 alone.
    let plot =
        Plot::reads(&["", "0", "0", "1", ""]).with(1, |script| script.lead = Told::LeadFailed);
    let blocked = StackEnd::Blocked { by: StackId(1) };
    assert_eq!(
        ends(&plot),
        [StackEnd::Whole, StackEnd::Failed, StackEnd::Whole, blocked, StackEnd::Whole]
    );
}

#[test]
fn what_did_not_move_over_keeps_the_trail_below_it() {
    let plot = Plot::chain(3)
        .each(|script| script.trail = true)
        .with(2, |script| script.trail_told = Told::TrailFailed);
    let undone = |by| StackEnd::TrailUndone { by: StackId(by) };
    assert_eq!(ends(&plot), [undone(1), undone(2), StackEnd::Failed]);
    let refused = Plot::chain(2)
        .each(|script| script.trail = true)
        .with(1, |script| script.refuses = Some(1));
    assert_eq!(ends(&refused), [undone(1), StackEnd::Refused]);
}

#[test]
fn a_trail_that_waits_for_something_deferred_is_no_failure() {
    let trails = Plot::chain(3).each(|script| script.trail = true);
    let check = |plot: Plot, expect: [bool; 3]| {
        let ends = ends(&plot);
        let found = [0, 1, 2].map(|stack| ended_well(&ends, StackId(stack)));
        assert_eq!(found, expect, "{ends:?}");
    };
    check(trails.clone().with(2, |script| script.deferred_rounds = 99), [true, true, true]);
    check(trails.clone().with(2, |script| script.lead = Told::LeadFailed), [false, false, false]);
    check(trails, [true, true, true]);
}

#[test]
fn a_former_reader_keeps_the_trail_too() {
    let plot = Plot::reads(&["", ""])
        .stood_on(1, &[0])
        .with(0, |script| script.trail = true)
        .with(1, |script| script.lead = Told::LeadFailed);
    assert_eq!(ends(&plot), [StackEnd::TrailUndone { by: StackId(1) }, StackEnd::Failed]);
}

#[test]
fn rounds_go_on_while_something_is_deferred_and_before_anybody_reads() {
    let plot = Plot::chain(2).with(0, |script| script.deferred_rounds = 2);
    let played = play(&plot, 1);
    assert_eq!(played.ends, [StackEnd::Whole; 2]);
    let third = at(&played.asked, 0, Ask::Plan { round: 3 });
    assert!(third < at(&played.asked, 1, Ask::Plan { round: 1 }), "{:?}", played.asked);
}

#[test]
fn rounds_end_at_their_bound_and_readers_that_can_do_without_go_on() {
    let plot = Plot::chain(2).with(0, |script| script.deferred_rounds = 99);
    let played = play(&plot, 1);
    assert_eq!(played.ends, [StackEnd::Deferred { on: None }, StackEnd::Whole]);
    at(&played.asked, 0, Ask::Plan { round: 4 });
    assert!(!played.asked.contains(&(StackId(0), Ask::Plan { round: 5 })));
}

#[test]
fn what_waits_for_a_deferred_value_waits_with_all_above_it() {
    let plot = Plot::chain(3)
        .with(0, |script| script.deferred_rounds = 99)
        .with(1, |script| script.waits_on = Some(StackId(0)));
    let on = |stack| StackEnd::Deferred { on: stack };
    assert_eq!(ends(&plot), [on(None), on(Some(StackId(0))), on(Some(StackId(1)))]);
}

#[test]
fn in_a_round_what_was_to_go_is_left_and_planned_again() {
    let plot = Plot::chain(2).with(0, |script| {
        script.deferred_rounds = 1;
        script.trail = true;
    });
    let played = play(&plot, 1);
    assert_eq!(played.ends, [StackEnd::Whole; 2]);
    let undone = at(&played.asked, 0, Ask::Close(Rest::Undone));
    assert!(undone < at(&played.asked, 0, Ask::Plan { round: 2 }));
    assert!(at(&played.asked, 1, Ask::Close(Rest::Nothing)) < at(&played.asked, 0, Ask::Trail));
}

#[test]
fn destroying_goes_down_and_forgets_what_its_host_took_along() {
    // 1 is the host of 2, which 3 reads.
    let plot = Plot::reads(&["", "0", "1", "2"]).destroy().hosted(2, 1);
    let played = play(&plot, 1);
    assert_eq!(played.ends, [StackEnd::Whole; 4]);
    let closed = |stack| at(&played.asked, stack, Ask::Close(Rest::Nothing));
    let forgotten = at(&played.asked, 2, Ask::Forget);
    assert!(closed(3) < at(&played.asked, 1, Ask::Plan { round: 1 }), "{:?}", played.asked);
    assert!(closed(1) < forgotten, "{:?}", played.asked);
    assert!(!played.asked.contains(&(StackId(2), Ask::Plan { round: 1 })));
    let fails = plot.with(1, |script| script.lead = Told::LeadFailed);
    let blocked = StackEnd::Blocked { by: StackId(1) };
    assert_eq!(ends(&fails), [blocked, StackEnd::Failed, blocked, StackEnd::Whole]);
}

#[test]
fn a_stop_begins_nothing_and_takes_nothing_away() {
    for steps in 0..12 {
        let plot = Plot::chain(3).each(|script| script.trail = true).stopped_after(steps);
        let played = play(&plot, 1);
        let stop = played.stopped_at.unwrap_or(played.asked.len());
        let late = &played.asked[stop..];
        assert!(
            late.iter().all(|(_, ask)| matches!(ask, Ask::Close(_))),
            "{steps}: {:?}",
            played.asked
        );
    }
}

#[test]
fn a_chain_as_long_as_an_estate_falls_without_recursion() {
    let plot = Plot::chain(20_000).with(0, |script| script.refuses = Some(1));
    let found = ends(&plot);
    assert_eq!(found[19_999], StackEnd::Blocked { by: StackId(19_998) });
}

/// The laws, over random graphs, scripts and orders of answers.
#[test]
fn the_laws_hold_for_random_runs() {
    for seed in 0..1_000 {
        let plot = Plot::random(seed);
        let played = play(&plot, seed);
        laws(&plot, &played, seed);
        let other = play(&plot, seed ^ 0xffff_ffff);
        if plot.stop_after.is_none() {
            assert_eq!(
                played.ends, other.ends,
                "seed {seed}: the order of answers does not matter"
            );
        }
    }
}

fn laws(plot: &Plot, played: &run_support::Played, seed: u64) {
    assert!(played.widest <= plot.width, "seed {seed}: wider than allowed");
    let ended = |stack: usize| played.ended_at[stack];
    for (upper, stack) in plot.stacks.iter().enumerate() {
        let own = played.began_at[upper];
        for below in &stack.reads {
            match plot.direction {
                Direction::Apply => {
                    if let Some(own) = own {
                        let led = played.led_at[below.at()]
                            .or(ended(below.at()).filter(|_| played.ends[below.at()].is_well()));
                        assert!(
                            led.is_some_and(|led| led < own),
                            "seed {seed}: {upper} began before the lead of {below:?} was over"
                        );
                    }
                    if let Some(trail) = played.trailed_at[below.at()] {
                        assert_eq!(
                            played.ends[upper],
                            StackEnd::Whole,
                            "seed {seed}: {below:?} went away under {upper}"
                        );
                        assert!(
                            ended(upper).is_some_and(|end| end < trail),
                            "seed {seed}: trails come down"
                        );
                    }
                }
                Direction::Destroy => {
                    let goes = played.began_at[below.at()];
                    let forgotten = plot.is_forgotten(upper) || plot.is_forgotten(below.at());
                    if let (Some(goes), false) = (goes, forgotten) {
                        assert!(
                            ended(upper).is_some_and(|end| end < goes),
                            "seed {seed}: {below:?} went before {upper}"
                        );
                        assert_eq!(played.ends[upper], StackEnd::Whole, "seed {seed}");
                    }
                }
            }
        }
    }
    for (at, end) in played.ends.iter().enumerate() {
        if let StackEnd::Blocked { by } = end {
            assert_eq!(played.began_at[at], None, "seed {seed}: what is blocked is untouched");
            assert!(!played.ends[by.at()].is_well(), "seed {seed}");
        }
        let fails = Script::may_fail(&plot.scripts[at]);
        if *end == StackEnd::Failed || *end == StackEnd::Refused {
            assert!(fails, "seed {seed}: {at} failed for no reason");
        }
    }
    if plot.stop_after.is_none() && !plot.scripts.iter().any(Script::may_fail) {
        assert!(
            played
                .ends
                .iter()
                .all(|end| end.is_well() || matches!(end, StackEnd::TrailUndone { .. })),
            "seed {seed}"
        );
    }
}
