//! Which instances of an environment a command is about.
//!
//! Invariant: what is selected is part of the graph, and depends on the selection alone, not on its order.

use std::collections::BTreeSet;

use addr::StackPattern;

use crate::graph::{Instance, InstanceIdx, StackGraph};
use crate::model::{Estate, LayerIdx};

/// What was asked for; each part that is given narrows the choice, then dependents widen it, then `up_to` ends it.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// Addresses, of which one must match; all instances where there are none.
    pub patterns: Vec<StackPattern>,
    /// Layers, of which one must be the stack's; all where there are none.
    pub layers: Vec<LayerIdx>,
    /// Only these, where it is given: what a change affects.
    pub affected: Option<BTreeSet<InstanceIdx>>,
    /// Whether those that read what is selected, directly or not, are selected too.
    pub dependents: Dependents,
    /// Only instances that match one of these, and those that they read, directly or not.
    pub up_to: Vec<StackPattern>,
}

/// Whether those that read what is selected are selected too.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Dependents {
    /// They are not.
    #[default]
    Left,
    /// They are.
    Taken,
}

/// The instances that a command is about.
pub fn select(estate: &Estate, graph: &StackGraph, selection: &Selection) -> BTreeSet<InstanceIdx> {
    let wanted = |index: &InstanceIdx| {
        let instance = graph.instance(*index);
        let layer = estate[instance.stack].layer;
        matches(&selection.patterns, instance)
            && (selection.layers.is_empty() || selection.layers.contains(&layer))
            && selection.affected.as_ref().is_none_or(|affected| affected.contains(index))
    };
    let mut selected: BTreeSet<InstanceIdx> = graph.indexes().filter(wanted).collect();
    if selection.dependents == Dependents::Taken {
        selected = closure(graph, selected, |instance| &instance.readers);
    }
    if !selection.up_to.is_empty() {
        let ends = graph.indexes().filter(|i| matches(&selection.up_to, graph.instance(*i)));
        let below = closure(graph, ends.collect(), |instance| &instance.reads);
        selected.retain(|index| below.contains(index));
    }
    selected
}

/// Whether one of the patterns covers an instance; no patterns cover all.
fn matches(patterns: &[StackPattern], instance: &Instance) -> bool {
    patterns.is_empty() || patterns.iter().any(|pattern| pattern.matches(&instance.addr))
}

/// The instances with all that can be reached from them.
pub(crate) fn closure(
    graph: &StackGraph,
    start: BTreeSet<InstanceIdx>,
    next: fn(&Instance) -> &Vec<InstanceIdx>,
) -> BTreeSet<InstanceIdx> {
    let mut open: Vec<InstanceIdx> = start.iter().copied().collect();
    let mut found = start;
    while let Some(index) = open.pop() {
        open.extend(next(graph.instance(index)).iter().filter(|other| found.insert(**other)));
    }
    found
}
