//! What the times of a run say: when each stack goes, what it waits for, and which steps decide how long all takes.
//!
//! Invariant: the steps of the critical path follow one another without a gap, from the beginning to the end of the run.

use super::graph::{Gate, Graph, Node, gate_of};
use super::schedule::Times;
use super::{PathStep, Released, Sketch, Span, StackTime, Timeline, Until, Wait};

/// Reads them.
pub(super) fn read(sketch: &Sketch, graph: &Graph, times: &Times) -> Timeline {
    let total_ms = times.spans.iter().map(|span| span.end_ms).max().unwrap_or(0);
    let stacks = (0..sketch.stacks.len()).map(|at| stack(sketch, graph, times, at)).collect();
    Timeline { total_ms, stacks, path: critical(sketch, graph, times, total_ms) }
}

fn stack(sketch: &Sketch, graph: &Graph, times: &Times, at: usize) -> StackTime {
    let own = &sketch.stacks[at];
    let gate = |stack: usize, gate: Gate| times.spans[gate_of(stack, gate)].end_ms;
    let until = |(other, until): &(usize, Until)| match until {
        Until::LeadOver => (*other, gate(*other, Gate::LeadOver)),
        Until::End => (*other, gate(*other, Gate::End)),
    };
    let lead_over_ms = gate(at, Gate::LeadOver);
    let ends = own.trails_after.iter().map(|other| (*other, gate(*other, Gate::End)));
    StackTime {
        name: own.name.clone(),
        span: Span { begin_ms: gate(at, Gate::Begin), end_ms: gate(at, Gate::End) },
        lead_over_ms,
        steps: (0..own.steps.len()).map(|place| times.spans[graph.step(at, place)]).collect(),
        waits: wait(sketch, own.begins_after.iter().map(until), 0),
        trail_waits: wait(sketch, ends, lead_over_ms).filter(|_| own.has_trail()),
    }
}

/// What is over last of what is waited for from a moment on; nothing where nothing is waited for.
fn wait(sketch: &Sketch, over: impl Iterator<Item = (usize, u64)>, since_ms: u64) -> Option<Wait> {
    let mut last: Option<(usize, u64)> = None;
    let mut next = since_ms;
    for (stack, at_ms) in over.filter(|(_, at_ms)| *at_ms > since_ms) {
        match last {
            Some((_, latest)) if at_ms <= latest => next = next.max(at_ms),
            _ => {
                next = last.map_or(next, |(_, latest)| next.max(latest));
                last = Some((stack, at_ms));
            }
        }
    }
    last.map(|(stack, at_ms)| Wait {
        stack: sketch.stacks[stack].name.clone(),
        ms: at_ms - since_ms,
        alone_ms: at_ms - next,
    })
}

/// From the step that ends last back to the beginning, always to what let it begin.
fn critical(sketch: &Sketch, graph: &Graph, times: &Times, total_ms: u64) -> Vec<PathStep> {
    let takes_time = |node: &usize| graph.durations[*node] > 0;
    let ends_last = |node: &usize| times.spans[*node].end_ms == total_ms;
    let mut at = (0..graph.nodes.len()).filter(takes_time).find(ends_last);
    let mut path = Vec::new();
    while let Some(node) = at {
        let released = times.released[node];
        if let (stack, Node::Step(place)) = graph.nodes[node]
            && graph.durations[node] > 0
        {
            let own = &sketch.stacks[stack];
            path.push(PathStep {
                stack: own.name.clone(),
                what: own.steps[place].what.clone(),
                span: times.spans[node],
                released: released.map_or(Released::ByOrder, |(_, how)| how),
            });
        }
        at = released.map(|(by, _)| by);
    }
    path.reverse();
    path
}
