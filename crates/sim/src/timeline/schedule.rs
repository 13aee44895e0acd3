//! List scheduling: at each moment the steps with the longest remaining path begin, as many as there are places for.
//!
//! Invariant: time moves from end to end, and at each moment every place that somebody can use is used.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::graph::Graph;
use super::{Released, Sketch, Span};

/// When each node goes, and what let it go.
pub(super) struct Times {
    pub(super) spans: Vec<Span>,
    /// The node whose end let it begin.
    pub(super) released: Vec<Option<(usize, Released)>>,
}

/// The order in which nodes that may begin do: the longest remaining path first, then as in the sketch.
type Urgent = (u64, Reverse<usize>);

struct Clock<'g> {
    graph: &'g Graph,
    parallelism: usize,
    calls_max: usize,
    now: u64,
    left: Vec<usize>,
    ready: BinaryHeap<Urgent>,
    /// Nodes that wait for a place in their stack.
    parked: Vec<BinaryHeap<Urgent>>,
    under_way: BinaryHeap<Reverse<(u64, usize)>>,
    busy: Vec<usize>,
    times: Times,
}

/// When each node goes.
pub(super) fn schedule(graph: &Graph, sketch: &Sketch) -> Times {
    let count = graph.nodes.len();
    let mut clock = Clock {
        graph,
        parallelism: sketch.parallelism.max(1),
        calls_max: sketch.calls_max.max(1),
        now: 0,
        left: graph.before.iter().map(Vec::len).collect(),
        ready: BinaryHeap::new(),
        parked: vec![BinaryHeap::new(); sketch.stacks.len()],
        under_way: BinaryHeap::new(),
        busy: vec![0; sketch.stacks.len()],
        times: Times { spans: vec![Span::default(); count], released: vec![None; count] },
    };
    let first = (0..count).filter(|node| graph.before[*node].is_empty());
    clock.become_ready(first.collect(), None);
    clock.begin(None);
    while let Some(Reverse((end, node))) = clock.under_way.pop() {
        clock.now = end;
        clock.ended(node);
        // What ends at the same moment gives its place back before anybody takes one.
        let mut last = node;
        while let Some(Reverse((also, node))) = clock.under_way.peek().copied()
            && also == end
        {
            clock.under_way.pop();
            clock.ended(node);
            last = node;
        }
        clock.begin(Some(last));
    }
    clock.times
}

impl Clock<'_> {
    fn ended(&mut self, node: usize) {
        let (stack, _) = self.graph.nodes[node];
        self.busy[stack] -= 1;
        if let Some(waiting) = self.parked[stack].pop() {
            let own = &mut self.times.released[waiting.1.0];
            *own = Some((node, Released::ByPlace));
            self.ready.push(waiting);
        }
        self.release(node);
    }

    /// Tells those behind a node that it is over.
    fn release(&mut self, node: usize) {
        let mut free = Vec::new();
        for next in &self.graph.after[node] {
            self.left[*next] -= 1;
            if self.left[*next] == 0 {
                free.push(*next);
            }
        }
        self.become_ready(free, Some(node));
    }

    /// Nodes that follow nothing more; those that take no time are over at once. Not by recursion: chains are long.
    fn become_ready(&mut self, mut free: Vec<usize>, by: Option<usize>) {
        let mut by: Vec<Option<usize>> = vec![by; free.len()];
        while let (Some(node), Some(from)) = (free.pop(), by.pop()) {
            self.times.released[node] = from.map(|from| (from, Released::ByOrder));
            if self.graph.durations[node] > 0 {
                self.ready.push((self.graph.rank[node], Reverse(node)));
                continue;
            }
            self.times.spans[node] = Span { begin_ms: self.now, end_ms: self.now };
            for next in &self.graph.after[node] {
                self.left[*next] -= 1;
                if self.left[*next] == 0 {
                    free.push(*next);
                    by.push(Some(node));
                }
            }
        }
    }

    /// Begins what there are places for.
    fn begin(&mut self, freed: Option<usize>) {
        while self.under_way.len() < self.calls_max
            && let Some(urgent) = self.ready.pop()
        {
            let Reverse(node) = urgent.1;
            let (stack, _) = self.graph.nodes[node];
            if self.busy[stack] >= self.parallelism {
                self.parked[stack].push(urgent);
                continue;
            }
            let released =
                self.times.released[node].map_or(0, |(by, _)| self.times.spans[by].end_ms);
            if let (Some(freed), true) = (freed, released < self.now) {
                self.times.released[node] = Some((freed, Released::ByPlace));
            }
            self.busy[stack] += 1;
            let end_ms = self.now + self.graph.durations[node];
            self.times.spans[node] = Span { begin_ms: self.now, end_ms };
            self.under_way.push(Reverse((end_ms, node)));
        }
    }
}
