//! Stacks that take no part in a run and stand on what is in it: they cannot move over.
//!
//! A stack stands on what it was last applied from, whatever the estate file says of it since: one that reads an output no
//! longer, an orphan, and one of another environment count as much as those that are wired now.
//!
//! Invariant: a stack without objects stands on nothing; one that cannot be read is taken to have some.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use addr::StackAddr;
use diag::Span;
use estate::{Instance, StackGraph};
use store::StackKey;

use super::environment::Run;
use super::snapshot;

/// A stack outside of a run, and what it has of those inside.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Outside {
    /// The outputs that it reads or was last applied with, by stack; where that is written, if it still is.
    pub(super) reads: BTreeMap<StackAddr, BTreeMap<Arc<str>, Option<Span>>>,
    /// The stacks on which it stands otherwise.
    pub(super) hosts: BTreeSet<StackAddr>,
}

/// Every stack that stands on one of these and is not one of them, by the address that the file has for it.
pub(super) fn standing_on(
    run: Run<'_>,
    inside: &BTreeSet<StackAddr>,
) -> BTreeMap<StackAddr, Outside> {
    let mut found: BTreeMap<StackAddr, Outside> = BTreeMap::new();
    for graph in run.checked.graphs.values() {
        // The run's own graph has the orphans that were taken into it, too.
        let graph = if graph.environment == run.graph.environment { run.graph } else { graph };
        for instance in graph.order.iter().filter(|one| !inside.contains(&one.addr)) {
            wired(graph, instance, inside, &mut found);
        }
    }
    for key in run.store.stacks().unwrap_or_default() {
        let Ok(stored) = key.as_str().parse::<StackAddr>() else { continue };
        let settled = &run.standing.settled;
        let now = settled.moved.get(&stored).unwrap_or(&stored);
        if inside.contains(now) || settled.removed.contains(&stored) {
            continue;
        }
        if let Ok(Some(head)) = snapshot::head(&**run.store, &key) {
            applied(&head, now, inside, &mut found);
        }
    }
    found.retain(|address, _| stands(run, address));
    found
}

/// What the estate file wires into a stack.
fn wired(
    graph: &StackGraph,
    instance: &Instance,
    inside: &BTreeSet<StackAddr>,
    found: &mut BTreeMap<StackAddr, Outside>,
) {
    for wire in instance.wires.iter().filter(|wire| inside.contains(&wire.from)) {
        let reads = &mut found.entry(instance.addr.clone()).or_default().reads;
        let outputs = reads.entry(wire.from.clone()).or_default();
        outputs.insert(wire.output.clone(), Some(wire.span));
    }
    let host = instance.hosted_by.map(|host| &graph.instance(host).addr);
    if let Some(host) = host.filter(|host| inside.contains(*host)) {
        found.entry(instance.addr.clone()).or_default().hosts.insert(host.clone());
    }
}

/// What a stack was last applied from.
fn applied(
    head: &snapshot::Head,
    address: &StackAddr,
    inside: &BTreeSet<StackAddr>,
    found: &mut BTreeMap<StackAddr, Outside>,
) {
    for (from, output) in head.reads.iter().filter(|(from, _)| inside.contains(from)) {
        let reads = &mut found.entry(address.clone()).or_default().reads;
        reads.entry(from.clone()).or_default().entry(output.clone()).or_insert(None);
    }
    if let Some(host) = head.host.as_ref().filter(|host| inside.contains(*host)) {
        found.entry(address.clone()).or_default().hosts.insert(host.clone());
    }
}

/// Whether a stack has objects, or may have some.
fn stands(run: Run<'_>, address: &StackAddr) -> bool {
    let there =
        run.store.peek(&StackKey::from(run.standing.moved_from(address).unwrap_or(address)));
    there.map_or(true, |there| there.state.object_count() > 0 || !there.in_doubt.is_empty())
}
