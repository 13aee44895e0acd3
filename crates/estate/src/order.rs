//! The order of stack instances, and the circle where there is none.
//!
//! Invariant: each position in an order follows all that it waits for; the earliest position goes first where there is
//! a choice.

use std::collections::{BTreeSet, HashMap};

use addr::StackAddr;
use diag::{Diagnostic, Span};

use crate::graph::Draft;
use crate::model::{EnvironmentIdx, Nearness};

/// What an instance waits for: a position, and the reference that says so.
type Edge = (usize, Option<Span>);

/// Which wires make an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Edges {
    /// Every one.
    All,
    /// Those of the stacks' own inputs.
    Own,
}

/// The positions of an environment's own instances in `drafts`, in order; or what is to be said where instances read
/// one another in a circle, also through other environments.
pub(crate) fn topological(
    drafts: &[Draft],
    environment: EnvironmentIdx,
    which: Edges,
) -> Result<Vec<usize>, Diagnostic> {
    let edges = edges(drafts, which);
    let mut waits: Vec<usize> = edges.iter().map(Vec::len).collect();
    let mut readers = vec![Vec::new(); drafts.len()];
    for (reader, edges) in edges.iter().enumerate() {
        edges.iter().for_each(|(read, _)| readers[*read].push(reader));
    }
    let mut ready: BTreeSet<usize> = (0..drafts.len()).filter(|at| waits[*at] == 0).collect();
    let mut order = Vec::with_capacity(drafts.len());
    while let Some(next) = ready.pop_first() {
        order.push(next);
        for reader in &readers[next] {
            waits[*reader] -= 1;
            if waits[*reader] == 0 {
                ready.insert(*reader);
            }
        }
    }
    if order.len() < drafts.len() {
        return Err(circle(drafts, &edges, &waits));
    }
    order.retain(|at| drafts[*at].instance.environment == environment);
    Ok(order)
}

/// What each draft waits for, once for each other draft, sorted by it.
fn edges(drafts: &[Draft], which: Edges) -> Vec<Vec<Edge>> {
    let positions: HashMap<&StackAddr, usize> =
        drafts.iter().enumerate().map(|(at, draft)| (&draft.instance.addr, at)).collect();
    let of = |draft: &Draft| {
        let wires = draft.instance.wires.iter().zip(&draft.nearness);
        let wires = wires.filter(|(_, near)| which == Edges::All || **near == Nearness::Own);
        let wires = wires.map(|(wire, _)| (&wire.from, Some(wire.span)));
        let host = draft.host.iter().map(|(addr, span)| (addr, *span));
        // What an instance of another environment reads may be outside of the picture.
        let mut edges: Vec<Edge> = wires
            .chain(host)
            .filter_map(|(addr, span)| Some((*positions.get(addr)?, span)))
            .collect();
        edges.sort_by_key(|(at, _)| *at);
        edges.dedup_by_key(|(at, _)| *at);
        edges
    };
    drafts.iter().map(of).collect()
}

/// One circle among the drafts that still wait, with each of its references as a label.
fn circle(drafts: &[Draft], edges: &[Vec<Edge>], waits: &[usize]) -> Diagnostic {
    // What still waits reads something that still waits; following one such edge each must come round.
    let next = |at: usize| -> Edge {
        let edge = edges[at].iter().find(|(to, _)| waits[*to] > 0);
        *edge.expect("BUG: what cannot be ordered waits for nothing that cannot")
    };
    let mut at = (0..drafts.len()).find(|at| waits[*at] > 0).expect("BUG: nothing waits");
    let mut steps: HashMap<usize, usize> = HashMap::new();
    let mut path = Vec::new();
    let start = loop {
        if let Some(start) = steps.insert(at, path.len()) {
            break start;
        }
        path.push(at);
        at = next(at).0;
    };
    let circle = &path[start..];
    let names: Vec<String> =
        circle.iter().chain(&circle[..1]).map(|at| name(&drafts[*at])).collect();
    let mut diagnostic = Diagnostic::error("wiring-circle", "Wiring that goes round in a circle")
        .detail(format!("Each of these reads or stands on the next: {}.", names.join(" -> ")))
        .remedy("Take one of the wires out, or split the stack that both sides need.")
        .maybe_at(next(circle[0]).1);
    for at in &circle[1..] {
        if let Some(span) = next(*at).1 {
            diagnostic = diagnostic.label(span, "and on here");
        }
    }
    diagnostic
}

/// The address without its environment.
fn name(draft: &Draft) -> String {
    let addr = &draft.instance.addr;
    match &addr.key {
        Some(key) => format!("{}:{key}", addr.stack),
        None => addr.stack.to_string(),
    }
}
