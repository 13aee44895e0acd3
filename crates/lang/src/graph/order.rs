//! What is computed from the edges at once: the edges backwards, and an order in which each node follows what it
//! depends on.
//!
//! Invariant: the order depends on the graph alone. Nodes of a circle stand in it too, in some order.

use super::{NodeId, StaticGraph};

impl StaticGraph {
    /// Computes what every graph needs.
    pub(super) fn settle(&mut self) {
        self.turn();
        self.order = self.topological();
    }

    fn turn(&mut self) {
        let count = self.len();
        let mut starts = vec![0u32; count + 1];
        for edge in &self.edges {
            starts[edge.to.index() + 1] += 1;
        }
        for at in 0..count {
            starts[at + 1] += starts[at];
        }
        let mut next = starts.clone();
        let mut back = vec![NodeId(0); self.edges.len()];
        for from in 0..count as u32 {
            for edge in self.edges_of(NodeId(from)) {
                let at = &mut next[edge.to.index()];
                back[*at as usize] = NodeId(from);
                *at += 1;
            }
        }
        self.back_starts = starts;
        self.back_edges = back;
    }

    /// Depth first in the order of nodes, without recursion.
    fn topological(&self) -> Vec<NodeId> {
        let mut seen = super::BitSet::new(self.len());
        let mut order = Vec::with_capacity(self.len());
        let mut stack: Vec<(NodeId, usize)> = Vec::new();
        for root in 0..self.len() as u32 {
            if !seen.insert(root) {
                continue;
            }
            stack.push((NodeId(root), 0));
            while let Some((node, at)) = stack.pop() {
                match self.edges_of(node).get(at) {
                    None => order.push(node),
                    Some(edge) => {
                        stack.push((node, at + 1));
                        if seen.insert(edge.to.0) {
                            stack.push((edge.to, 0));
                        }
                    }
                }
            }
        }
        order
    }
}
