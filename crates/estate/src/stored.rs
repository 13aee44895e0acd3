//! What the store holds against what the file says: stacks that moved, that are to be forgotten, and orphans.
//!
//! Invariant: each stored address is settled once, and two never end at the same one.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use addr::StackAddr;
use diag::{Diagnostic, Diags};

use crate::graph::StackGraph;
use crate::model::{Estate, StackRef};

/// What becomes of the stored instances of an environment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settled {
    /// Old address to the one that the file has for it now.
    pub moved: BTreeMap<StackAddr, StackAddr>,
    /// Instances that the store forgets; their objects stay as they are.
    pub removed: BTreeSet<StackAddr>,
    /// Instances that the file neither names nor moves nor removes.
    pub orphans: BTreeSet<StackAddr>,
}

/// Settles what a store holds of the graph's environment; addresses of other environments are passed over.
pub fn settle<'a>(
    estate: &Estate,
    graph: &StackGraph,
    stored: impl IntoIterator<Item = &'a StackAddr>,
    diags: &mut Diags,
) -> Settled {
    let environment = &estate[graph.environment].name.node;
    let moves = Moves::new(estate);
    let mut settled = Settled::default();
    let stored: BTreeSet<&StackAddr> =
        stored.into_iter().filter(|addr| addr.environment == *environment).collect();
    for addr in &stored {
        if graph.find(addr).is_some() {
            continue;
        }
        let end = moves.follow(addr);
        if moves.removes(&end) {
            settled.removed.insert((*addr).clone());
        } else if end == **addr || graph.find(&end).is_none() {
            settled.orphans.insert((*addr).clone());
        } else if let Some(other) = taken(&settled, &stored, &end) {
            diags.push(collision(estate, addr, &end, other));
        } else {
            settled.moved.insert((*addr).clone(), end);
        }
    }
    settled
}

/// Who is at an address already: stored there, or moved there.
fn taken<'s>(
    settled: &'s Settled,
    stored: &BTreeSet<&'s StackAddr>,
    end: &StackAddr,
) -> Option<&'s StackAddr> {
    let moved = settled.moved.iter().find(|(_, to)| *to == end).map(|(from, _)| from);
    stored.get(end).copied().or(moved)
}

fn collision(estate: &Estate, addr: &StackAddr, end: &StackAddr, other: &StackAddr) -> Diagnostic {
    let block = estate.moved.iter().find(|moved| moved.from.stack == addr.stack);
    let diagnostic =
        Diagnostic::error("stack-moved-taken", format!("`{addr}` cannot become `{end}`"))
            .detail(format!("The store holds a state for it already, that of `{other}`."))
            .remedy("Take the `moved` block out, or destroy one of the two first.")
            .about(addr.to_string());
    diagnostic.maybe_at(block.map(|moved| moved.header))
}

/// The `moved` and `removed` blocks by the name that they start from.
struct Moves<'a> {
    moved: HashMap<(&'a str, Option<&'a str>), &'a StackRef>,
    removed: BTreeSet<(&'a str, Option<&'a str>)>,
}

impl<'a> Moves<'a> {
    fn new(estate: &'a Estate) -> Moves<'a> {
        let name = |from: &'a StackRef| (&*from.stack, from.key.as_deref());
        Moves {
            moved: estate.moved.iter().map(|one| (name(&one.from), &one.to)).collect(),
            removed: estate.removed.iter().map(|one| name(&one.from)).collect(),
        }
    }

    /// Where an address ends when every block that applies is followed.
    fn follow(&self, addr: &StackAddr) -> StackAddr {
        let mut at = addr.clone();
        // A chain is at most as long as there are blocks; longer goes round.
        for _ in 0..self.moved.len() {
            let Some(next) = self.next(&at) else { break };
            at = next;
        }
        at
    }

    /// A block for one instance goes before one for the whole stack, which keeps the key.
    fn next(&self, at: &StackAddr) -> Option<StackAddr> {
        let one = at.key.as_deref().and_then(|key| self.moved.get(&(&*at.stack, Some(key))));
        if let Some(to) = one {
            return Some(arrive(at, to, to.key.clone()));
        }
        let to = self.moved.get(&(&*at.stack, None))?;
        match (&to.key, &at.key) {
            // `stack.a` to `stack.b["k"]` is about the instance without key.
            (Some(_), Some(_)) => None,
            (Some(key), None) => Some(arrive(at, to, Some(key.clone()))),
            (None, key) => Some(arrive(at, to, key.clone())),
        }
    }

    fn removes(&self, at: &StackAddr) -> bool {
        self.removed.contains(&(&*at.stack, at.key.as_deref()))
            || self.removed.contains(&(&*at.stack, None))
    }
}

fn arrive(at: &StackAddr, to: &StackRef, key: Option<Arc<str>>) -> StackAddr {
    StackAddr { environment: at.environment.clone(), stack: to.stack.clone(), key }
}
