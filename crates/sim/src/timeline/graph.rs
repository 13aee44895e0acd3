//! The graph of a run's time: its steps, and four gates for each stack.
//!
//! Nothing of it takes time but steps. Invariant: the graph has no circle, and each stack's gates stand in their order.

use engine::Half;

use super::{Sketch, Until};

/// The gates of a stack, which take no time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Gate {
    /// All that goes before the stack is over.
    Begin,
    /// Its lead is over.
    LeadOver,
    /// All that goes before its trail is over.
    Trail,
    /// It is over.
    End,
}

/// Gates of each stack.
const GATES: usize = 4;

/// What a node is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Node {
    /// A gate of a stack.
    Gate,
    /// A step, by its place in the stack.
    Step(usize),
}

/// Nodes and who goes before whom.
pub(super) struct Graph {
    /// What each node is, and of which stack.
    pub(super) nodes: Vec<(usize, Node)>,
    /// How long each takes, in milliseconds.
    pub(super) durations: Vec<u64>,
    pub(super) before: Vec<Vec<usize>>,
    pub(super) after: Vec<Vec<usize>>,
    /// The longest way from the beginning of each node to the end of the run, in milliseconds.
    pub(super) rank: Vec<u64>,
    /// The first step of each stack.
    first_step: Vec<usize>,
}

impl Graph {
    pub(super) fn of(sketch: &Sketch) -> Graph {
        let mut graph = Graph::nodes(sketch);
        for (at, stack) in sketch.stacks.iter().enumerate() {
            for (other, until) in &stack.begins_after {
                let gate = match until {
                    Until::LeadOver => Gate::LeadOver,
                    Until::End => Gate::End,
                };
                graph.edge(gate_of(*other, gate), gate_of(at, Gate::Begin));
            }
            graph.edge(gate_of(at, Gate::Begin), gate_of(at, Gate::LeadOver));
            graph.edge(gate_of(at, Gate::LeadOver), gate_of(at, Gate::Trail));
            graph.edge(gate_of(at, Gate::Trail), gate_of(at, Gate::End));
            // Without a trail a stack is closed when its lead is over.
            let ends = if stack.has_trail() { &*stack.trails_after } else { &[] };
            for other in ends {
                graph.edge(gate_of(*other, Gate::End), gate_of(at, Gate::Trail));
            }
            graph.steps(sketch, at);
        }
        graph.measure();
        graph
    }

    fn nodes(sketch: &Sketch) -> Graph {
        let stacks = 0..sketch.stacks.len();
        let mut nodes: Vec<(usize, Node)> =
            stacks.flat_map(|stack| [(stack, Node::Gate); GATES]).collect();
        let mut durations = vec![0; nodes.len()];
        let mut first_step = Vec::with_capacity(sketch.stacks.len());
        for (at, stack) in sketch.stacks.iter().enumerate() {
            first_step.push(nodes.len());
            nodes.extend((0..stack.steps.len()).map(|step| (at, Node::Step(step))));
            durations.extend(stack.steps.iter().map(|step| step.duration_ms));
        }
        let (before, after) = (vec![Vec::new(); nodes.len()], vec![Vec::new(); nodes.len()]);
        let rank = vec![0; nodes.len()];
        Graph { nodes, durations, before, after, rank, first_step }
    }

    fn steps(&mut self, sketch: &Sketch, at: usize) {
        for (place, step) in sketch.stacks[at].steps.iter().enumerate() {
            let own = self.step(at, place);
            let (opens, closes) = match step.half {
                Half::Lead => (Gate::Begin, Gate::LeadOver),
                Half::Trail => (Gate::Trail, Gate::End),
            };
            self.edge(gate_of(at, opens), own);
            self.edge(own, gate_of(at, closes));
            for other in &step.after {
                assert!(*other < place, "BUG: a step follows a later one");
                self.edge(self.step(at, *other), own);
            }
        }
    }

    fn edge(&mut self, from: usize, to: usize) {
        self.before[to].push(from);
        self.after[from].push(to);
    }

    /// The longest ways, from the ends backwards.
    fn measure(&mut self) {
        let mut left: Vec<usize> = self.after.iter().map(Vec::len).collect();
        let mut open: Vec<usize> = (0..left.len()).filter(|node| left[*node] == 0).collect();
        let mut measured = 0;
        while let Some(node) = open.pop() {
            measured += 1;
            let behind = self.after[node].iter().map(|next| self.rank[*next]).max();
            self.rank[node] = self.durations[node] + behind.unwrap_or(0);
            for place in 0..self.before[node].len() {
                let other = self.before[node][place];
                left[other] -= 1;
                if left[other] == 0 {
                    open.push(other);
                }
            }
        }
        assert_eq!(measured, self.nodes.len(), "BUG: the graph of a run has a circle");
    }

    /// The node of a step.
    pub(super) fn step(&self, stack: usize, place: usize) -> usize {
        self.first_step[stack] + place
    }
}

/// The node of a gate.
pub(super) fn gate_of(stack: usize, gate: Gate) -> usize {
    stack * GATES + gate as usize
}
