//! Circles: found, and told with each step's place.
//!
//! Invariant: one diagnostic for each strongly connected knot, which shows one shortest circle in it.

use std::collections::VecDeque;

use diag::{Diagnostic, Diags};

use super::{BitSet, NodeId, Object, StaticGraph};
use crate::config::Config;

impl StaticGraph {
    /// Reports each circle.
    pub(super) fn report_cycles(&self, config: &Config, diags: &mut Diags) {
        for knot in self.knots() {
            let circle = self.circle(&knot);
            diags.push(self.tell(config, &circle));
        }
    }

    /// The strongly connected knots of more than one node (Tarjan's algorithm, without recursion).
    fn knots(&self) -> Vec<Vec<NodeId>> {
        const UNSEEN: u32 = u32::MAX;
        let count = self.len();
        let (mut index, mut low) = (vec![UNSEEN; count], vec![0u32; count]);
        let mut on_stack = BitSet::new(count);
        let (mut next, mut stack, mut work) = (0u32, Vec::new(), Vec::new());
        let mut found = Vec::new();
        for root in 0..count as u32 {
            if index[root as usize] != UNSEEN {
                continue;
            }
            work.push((NodeId(root), 0usize));
            while let Some((node, at)) = work.pop() {
                let own = node.index();
                if at == 0 {
                    index[own] = next;
                    low[own] = next;
                    next += 1;
                    stack.push(node);
                    on_stack.insert(node.0);
                }
                if let Some(edge) = self.edges_of(node).get(at) {
                    work.push((node, at + 1));
                    let to = edge.to.index();
                    if index[to] == UNSEEN {
                        work.push((edge.to, 0));
                    } else if on_stack.contains(edge.to.0) {
                        low[own] = low[own].min(index[to]);
                    }
                    continue;
                }
                if let Some((parent, _)) = work.last() {
                    low[parent.index()] = low[parent.index()].min(low[own]);
                }
                if low[own] == index[own] {
                    let from = stack.iter().rposition(|it| *it == node).unwrap_or(0);
                    let knot = stack.split_off(from);
                    knot.iter().for_each(|it| on_stack.remove(it.0));
                    if knot.len() > 1 {
                        found.push(knot);
                    }
                }
            }
        }
        found
    }

    /// A shortest circle through the smallest node of a knot.
    fn circle(&self, knot: &[NodeId]) -> Vec<NodeId> {
        let mut within = BitSet::new(self.len());
        knot.iter().for_each(|node| {
            within.insert(node.0);
        });
        let start = knot.iter().min().copied().expect("BUG: a knot without nodes");
        let mut from = std::collections::BTreeMap::new();
        let mut queue = VecDeque::from([start]);
        while let Some(node) = queue.pop_front() {
            for next in self.depends_on(node).filter(|next| within.contains(next.0)) {
                if next == start {
                    let mut circle = vec![node];
                    while let Some(before) = from.get(&circle[circle.len() - 1]) {
                        circle.push(*before);
                    }
                    circle.reverse();
                    return circle;
                }
                if next != start && !from.contains_key(&next) {
                    from.insert(next, node);
                    queue.push_back(next);
                }
            }
        }
        unreachable!("BUG: a strongly connected knot without a circle")
    }

    fn tell(&self, config: &Config, circle: &[NodeId]) -> Diagnostic {
        // What is no object of the user's is left out of the sentence where something remains.
        let visible: Vec<NodeId> = circle
            .iter()
            .copied()
            .filter(|node| !matches!(self.object(*node), Object::Expansion(_) | Object::Close(_)))
            .collect();
        let named = if visible.is_empty() { circle } else { &visible };
        let names: Vec<String> =
            named.iter().map(|node| format!("`{}`", self.describe(config, *node))).collect();
        let mut diagnostic =
            Diagnostic::error("circular-reference", "Objects depend on each other in a circle")
                .detail(format!("{} depends on {}.", names[0], chain(&names)))
                .remedy("Break the circle: let one of them do without the other.");
        for (at, node) in circle.iter().enumerate() {
            let next = circle[(at + 1) % circle.len()];
            let edge = self.edges_of(*node).iter().find(|edge| edge.to == next);
            let Some(span) = edge.and_then(|edge| edge.span) else { continue };
            if diagnostic.span.is_none() {
                diagnostic = diagnostic.at(span);
            }
            let text = format!(
                "`{}` depends on `{}`",
                self.describe(config, *node),
                self.describe(config, next)
            );
            diagnostic = diagnostic.label(span, text);
        }
        diagnostic
    }
}

/// "b, which depends on c, which depends on a".
fn chain(names: &[String]) -> String {
    let rest = names[1..].iter().chain(&names[..1]);
    rest.cloned().collect::<Vec<_>>().join(", which depends on ")
}
