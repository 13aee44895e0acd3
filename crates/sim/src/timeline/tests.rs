//! Timelines with known answers.

use engine::Half;

use super::show::clock;
use super::{Released, Sketch, SketchStack, Span, Step, Timeline, Until, text, timeline};

fn step(what: &str, after: &[usize], seconds: u64) -> Step {
    Step { what: what.into(), after: after.to_vec(), duration_ms: seconds * 1000, half: Half::Lead }
}

fn stack(name: &str, reads: &[usize], steps: Vec<Step>) -> SketchStack {
    let begins_after = reads.iter().map(|read| (*read, Until::LeadOver)).collect();
    SketchStack { name: name.into(), begins_after, trails_after: Vec::new(), steps }
}

fn run(stacks: Vec<SketchStack>, parallelism: usize, calls_max: usize) -> Timeline {
    timeline(&Sketch { stacks, parallelism, calls_max })
}

fn seconds(span: Span) -> (u64, u64) {
    (span.begin_ms / 1000, span.end_ms / 1000)
}

fn path(timeline: &Timeline) -> Vec<&str> {
    timeline.path.iter().map(|step| &*step.what).collect()
}

#[test]
fn a_chain_takes_the_sum_and_what_is_free_takes_the_longest() {
    let steps = vec![step("a", &[], 2), step("b", &[0], 3), step("c", &[], 4)];
    let timeline = run(vec![stack("net", &[], steps)], 10, 64);
    assert_eq!(timeline.total_ms, 5000);
    let spans: Vec<_> = timeline.stacks[0].steps.iter().copied().map(seconds).collect();
    assert_eq!(spans, [(0, 2), (2, 5), (0, 4)]);
    assert_eq!(path(&timeline), ["a", "b"]);
}

#[test]
fn the_longest_remaining_path_goes_first_where_places_are_few() {
    // In the order of the sketch it would take 9: a, then b, then c.
    let steps = vec![step("a", &[], 3), step("b", &[], 1), step("c", &[1], 5)];
    let timeline = run(vec![stack("net", &[], steps)], 1, 64);
    let spans: Vec<_> = timeline.stacks[0].steps.iter().copied().map(seconds).collect();
    assert_eq!(spans, [(6, 9), (0, 1), (1, 6)]);
    assert_eq!(path(&timeline), ["b", "c", "a"]);
    assert_eq!(timeline.path[2].released, Released::ByPlace, "it follows nothing");
    assert_eq!(timeline.path[1].released, Released::ByOrder);
}

#[test]
fn calls_of_all_stacks_together_are_bounded() {
    let one = |name: &str| stack(name, &[], vec![step(name, &[], 2)]);
    let stacks = vec![one("a"), one("b"), one("c")];
    assert_eq!(run(stacks.clone(), 10, 64).total_ms, 2000);
    assert_eq!(run(stacks.clone(), 10, 2).total_ms, 4000);
    let alone = run(stacks, 10, 1);
    assert_eq!(alone.total_ms, 6000);
    assert_eq!(path(&alone), ["a", "b", "c"]);
}

#[test]
fn a_stack_waits_for_what_it_reads_and_says_how_long() {
    let stacks = vec![
        stack("net", &[], vec![step("vpc", &[], 20)]),
        stack("dns", &[], vec![step("zone", &[], 50)]),
        stack("cluster", &[0, 1], vec![step("cluster", &[], 600)]),
    ];
    let timeline = run(stacks, 10, 64);
    let wait = timeline.stacks[2].waits.clone().expect("it waits");
    assert_eq!((&*wait.stack, wait.ms, wait.alone_ms), ("dns", 50_000, 30_000));
    assert_eq!(timeline.stacks[0].waits, None);
    assert_eq!(path(&timeline), ["zone", "cluster"]);
    insta::assert_snapshot!(text(&timeline), @r"
    Timeline, in virtual time: 10:50
      net      #...............................    0:00 to   0:20
      dns      ##..............................    0:00 to   0:50
      cluster  ..##############################    0:50 to  10:50  waits 0:50 for dns
    Critical path:
        0:00    0:50  dns  zone
        0:50   10:00  cluster  cluster
    ");
}

#[test]
fn a_trail_waits_for_the_readers() {
    let mut old = step("old", &[], 10);
    old.half = Half::Trail;
    let mut net = stack("net", &[], vec![step("new", &[], 5), old]);
    net.trails_after = vec![1];
    let app = stack("app", &[0], vec![step("move over", &[], 30)]);
    let timeline = run(vec![net, app], 10, 64);
    let net = &timeline.stacks[0];
    assert_eq!((net.lead_over_ms, seconds(net.span)), (5000, (0, 45)));
    assert_eq!(net.steps.iter().copied().map(seconds).collect::<Vec<_>>(), [(0, 5), (35, 45)]);
    let wait = net.trail_waits.clone().expect("its trail waits");
    assert_eq!((&*wait.stack, wait.ms), ("app", 30_000));
    assert_eq!(path(&timeline), ["new", "move over", "old"]);
}

#[test]
fn without_a_trail_a_stack_ends_with_its_lead() {
    let mut net = stack("net", &[], vec![step("vpc", &[], 5)]);
    net.trails_after = vec![1];
    let app = stack("app", &[0], vec![step("app", &[], 30)]);
    let timeline = run(vec![net, app], 10, 64);
    assert_eq!(
        timeline.stacks.iter().map(|one| seconds(one.span)).collect::<Vec<_>>(),
        [(0, 5), (5, 35)]
    );
    assert!(timeline.stacks[0].trail_waits.is_none());
}

#[test]
fn where_all_is_destroyed_the_upper_goes_first() {
    let mut net = stack("net", &[], vec![step("vpc", &[], 5)]);
    net.begins_after = vec![(1, Until::End)];
    let app = stack("app", &[], vec![step("app", &[], 7)]);
    let timeline = run(vec![net, app], 10, 64);
    assert_eq!(seconds(timeline.stacks[0].span), (7, 12));
}

#[test]
fn steps_without_duration_need_no_place() {
    let steps = vec![step("configure", &[], 0), step("a", &[0], 1), step("join", &[1], 0)];
    let timeline = run(vec![stack("net", &[], steps)], 1, 1);
    assert_eq!(timeline.total_ms, 1000);
    assert_eq!(run(Vec::new(), 0, 0), Timeline::default());
}

/// Whatever the graph: it is never faster than the longest way or than all work shared by the places, and never slower
/// than both together (Graham's bound).
#[test]
fn no_schedule_is_worse_than_the_bound_of_list_scheduling() {
    let mut seed = 7_u64;
    let mut draw = |below: u64| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) % below
    };
    for _ in 0..50 {
        let count = 1 + draw(40) as usize;
        let steps: Vec<Step> = (0..count)
            .map(|at| {
                let after: Vec<usize> = (0..at).filter(|_| draw(6) == 0).collect();
                step("s", &after, draw(9))
            })
            .collect();
        let places = 1 + draw(4) as usize;
        let mut longest = vec![0; count];
        for (at, one) in steps.iter().enumerate() {
            let before = one.after.iter().map(|other| longest[*other]).max().unwrap_or(0);
            longest[at] = before + one.duration_ms;
        }
        let (way, work) = (
            longest.iter().max().copied().unwrap_or(0),
            steps.iter().map(|s| s.duration_ms).sum::<u64>(),
        );
        let total = run(vec![stack("s", &[], steps)], places, 64).total_ms;
        let shared = work.div_ceil(places as u64);
        assert!(total >= way.max(shared) && total <= way + shared, "{way} {shared} {total}");
    }
}

#[test]
fn times_are_shown_as_on_a_clock() {
    let check = |ms, expect: &str| assert_eq!(clock(ms), expect);
    check(0, "0:00");
    check(1, "0:01");
    check(61_000, "1:01");
    check(3_600_000, "1:00:00");
    check(40 * 60_000, "40:00");
}
