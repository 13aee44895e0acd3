//! A timeline, to read: one line for each stack, then the critical path; and as JSON.
//!
//! Invariant: equal timelines give equal bytes; a stack that takes no time has no bar.

use std::fmt::Write as _;

use serde_json::{Value as Json, json};

use super::{PathStep, Released, Span, StackTime, Timeline, Wait};

/// Places of a bar.
const BAR: u64 = 32;
/// Steps of the critical path that are shown: the longest.
const STEPS_MAX: usize = 12;

/// The timeline as text.
pub fn text(timeline: &Timeline) -> String {
    let mut out = format!("Timeline, in virtual time: {}\n", clock(timeline.total_ms));
    let shown = || timeline.stacks.iter().filter(|stack| stack.span.end_ms > stack.span.begin_ms);
    let widest = shown().map(|stack| stack.name.chars().count()).max().unwrap_or(0);
    for stack in shown() {
        let span = stack.span;
        let times = format!("{:>6} to {:>6}", clock(span.begin_ms), clock(span.end_ms));
        let bar = bar(span, timeline.total_ms);
        let line = format!("  {:widest$}  {bar}  {times}{}", stack.name, waits(stack));
        out.push_str(line.trim_end());
        out.push('\n');
    }
    let path = longest(&timeline.path);
    if !path.is_empty() {
        let left = timeline.path.len() - path.len();
        let rest = if left > 0 { format!(", without {left} shorter steps") } else { String::new() };
        writeln!(out, "Critical path{rest}:").expect("BUG: a string takes text");
    }
    for step in path {
        let took = clock(step.span.end_ms - step.span.begin_ms);
        let begin = clock(step.span.begin_ms);
        let place = match step.released {
            Released::ByOrder => "",
            Released::ByPlace => "  (waited for its turn)",
        };
        writeln!(out, "  {begin:>6}  {took:>6}  {}  {}{place}", step.stack, step.what)
            .expect("BUG: a string takes text");
    }
    out
}

fn waits(stack: &StackTime) -> String {
    let wait = |what: &str, wait: &Wait| format!("  {what} {} for {}", clock(wait.ms), wait.stack);
    let begin = stack.waits.as_ref().map(|one| wait("waits", one)).unwrap_or_default();
    let trail = stack.trail_waits.as_ref().map(|one| wait("its trail", one)).unwrap_or_default();
    begin + &trail
}

/// The longest steps of the path, in their order.
fn longest(path: &[PathStep]) -> Vec<&PathStep> {
    let took = |step: &PathStep| step.span.end_ms - step.span.begin_ms;
    let mut order: Vec<usize> = (0..path.len()).collect();
    order.sort_by_key(|at| (std::cmp::Reverse(took(&path[*at])), *at));
    order.truncate(STEPS_MAX);
    order.sort_unstable();
    order.into_iter().map(|at| &path[at]).collect()
}

/// `#` from the beginning to the end, at least one, and dots around it.
fn bar(span: Span, total_ms: u64) -> String {
    let place = |ms: u64| ms * BAR / total_ms.max(1);
    let from = place(span.begin_ms).min(BAR - 1);
    let to = place(span.end_ms).max(from + 1);
    let mark = |at| if (from..to).contains(&at) { '#' } else { '.' };
    (0..BAR).map(mark).collect()
}

/// `m:ss`, or `h:mm:ss`. Less than a second counts as one, so that nothing that takes time is shown as nothing.
pub(super) fn clock(ms: u64) -> String {
    let s = ms.div_ceil(1000);
    match s / 3600 {
        0 => format!("{}:{:02}", s / 60, s % 60),
        h => format!("{h}:{:02}:{:02}", s / 60 % 60, s % 60),
    }
}

/// The timeline as JSON; times are in milliseconds.
pub fn json(timeline: &Timeline) -> Json {
    let wait = |one: &Wait| json!({ "stack": *one.stack, "ms": one.ms, "alone_ms": one.alone_ms });
    let stack = |one: &StackTime| {
        json!({
            "stack": *one.name,
            "begin_ms": one.span.begin_ms,
            "lead_over_ms": one.lead_over_ms,
            "end_ms": one.span.end_ms,
            "waits": one.waits.as_ref().map(wait),
            "trail_waits": one.trail_waits.as_ref().map(wait),
        })
    };
    let step = |one: &PathStep| {
        json!({
            "stack": *one.stack,
            "what": *one.what,
            "begin_ms": one.span.begin_ms,
            "end_ms": one.span.end_ms,
            "waited_for_a_place": one.released == Released::ByPlace,
        })
    };
    json!({
        "total_ms": timeline.total_ms,
        "stacks": timeline.stacks.iter().map(stack).collect::<Vec<_>>(),
        "critical_path": timeline.path.iter().map(step).collect::<Vec<_>>(),
    })
}
