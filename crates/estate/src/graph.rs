//! The graph of stack instances of one environment: who reads whom, and in which order they go.
//!
//! Invariant: [`StackGraph::order`] names each instance once, and each after all that it reads; where the wiring
//! leaves a choice, the lower layer goes first, then the order of the file.

use addr::StackAddr;
use diag::{Diagnostic, Diags};

use crate::model::{EnvironmentIdx, Estate, StackIdx};
use crate::wiring::{Wire, wires};

/// An instance in a [`StackGraph`], by its position in the order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct InstanceIdx(pub u32);

/// A stack in one environment.
#[derive(Clone, Debug)]
pub struct Instance {
    /// Its address.
    pub addr: StackAddr,
    /// The stack.
    pub stack: StackIdx,
    /// What it reads.
    pub wires: Vec<Wire>,
    /// The instances that it reads, sorted.
    pub reads: Vec<InstanceIdx>,
    /// The instances that read it, sorted.
    pub readers: Vec<InstanceIdx>,
}

/// The instances of an environment, in the order in which they are planned and applied.
#[derive(Clone, Debug)]
pub struct StackGraph {
    /// The environment.
    pub environment: EnvironmentIdx,
    /// Instances; each stands after all that it reads.
    pub order: Vec<Instance>,
}

impl StackGraph {
    /// The graph of an environment; `None` where the wiring has errors, which are reported.
    pub fn new(
        estate: &Estate,
        environment: EnvironmentIdx,
        diags: &mut Diags,
    ) -> Option<StackGraph> {
        let before = diags.error_count();
        let all = (0..estate.stacks.len()).map(|i| StackIdx(i as u32));
        let mut stacks: Vec<StackIdx> = all.filter(|s| estate.has(environment, *s)).collect();
        stacks.sort_by_key(|stack| (estate[*stack].layer, *stack));
        let wired: Vec<Vec<Wire>> =
            stacks.iter().map(|stack| wires(estate, environment, *stack, diags)).collect();
        let order = topological(&stacks, &wired).unwrap_or_else(|rest| {
            report_circle(estate, &stacks, &wired, &rest, diags);
            Vec::new()
        });
        if diags.error_count() > before {
            return None;
        }
        Some(StackGraph {
            environment,
            order: instances(estate, environment, &stacks, wired, &order),
        })
    }

    /// The instance of a stack.
    pub fn find(&self, stack: StackIdx) -> Option<InstanceIdx> {
        self.order.iter().position(|i| i.stack == stack).map(|i| InstanceIdx(i as u32))
    }

    /// The instance with this index.
    pub fn instance(&self, index: InstanceIdx) -> &Instance {
        &self.order[index.0 as usize]
    }
}

/// Positions in `stacks`, ordered so that each follows what it reads; or the positions that are left where some
/// read one another in a circle.
fn topological(stacks: &[StackIdx], wired: &[Vec<Wire>]) -> Result<Vec<usize>, Vec<usize>> {
    let position = |stack: StackIdx| stacks.iter().position(|s| *s == stack);
    let reads: Vec<Vec<usize>> = wired
        .iter()
        .map(|wires| {
            let mut reads: Vec<usize> = wires.iter().filter_map(|w| position(w.from)).collect();
            reads.sort_unstable();
            reads.dedup();
            reads
        })
        .collect();
    let mut waits: Vec<usize> = reads.iter().map(Vec::len).collect();
    let mut readers = vec![Vec::new(); stacks.len()];
    for (reader, reads) in reads.iter().enumerate() {
        reads.iter().for_each(|read| readers[*read].push(reader));
    }
    let mut ready: std::collections::BTreeSet<usize> =
        (0..stacks.len()).filter(|at| waits[*at] == 0).collect();
    let mut order = Vec::with_capacity(stacks.len());
    while let Some(next) = ready.pop_first() {
        order.push(next);
        for reader in &readers[next] {
            waits[*reader] -= 1;
            if waits[*reader] == 0 {
                ready.insert(*reader);
            }
        }
    }
    if order.len() == stacks.len() {
        return Ok(order);
    }
    Err((0..stacks.len()).filter(|at| !order.contains(at)).collect())
}

/// Reports one circle among the positions in `rest`, with each of its wires as a label.
fn report_circle(
    estate: &Estate,
    stacks: &[StackIdx],
    wired: &[Vec<Wire>],
    rest: &[usize],
    diags: &mut Diags,
) {
    // Every stack in `rest` reads another in `rest`; following one such wire each must come round.
    let next = |at: usize| {
        let wire = wired[at].iter().find(|w| rest.iter().any(|r| stacks[*r] == w.from));
        let wire = wire.expect("BUG: what cannot be ordered reads something that cannot");
        let to = rest.iter().copied().find(|r| stacks[*r] == wire.from);
        (wire, to.expect("BUG: the wire was found by this"))
    };
    let mut path = vec![rest[0]];
    let start = loop {
        let (_, to) = next(path[path.len() - 1]);
        if let Some(at) = path.iter().position(|p| *p == to) {
            break at;
        }
        path.push(to);
    };
    let circle = &path[start..];
    let names: Vec<&str> =
        circle.iter().chain(&circle[..1]).map(|at| &*estate[stacks[*at]].name.node).collect();
    let (first, _) = next(circle[0]);
    let mut diagnostic = Diagnostic::error("wiring-circle", "Wiring that goes round in a circle")
        .detail(format!("Each of these reads the next: {}.", names.join(" -> ")))
        .remedy("Take one of the wires out, or split the stack that both sides need.")
        .at(first.span);
    for at in &circle[1..] {
        diagnostic = diagnostic.label(next(*at).0.span, "and on here");
    }
    diags.push(diagnostic);
}

fn instances(
    estate: &Estate,
    environment: EnvironmentIdx,
    stacks: &[StackIdx],
    mut wired: Vec<Vec<Wire>>,
    order: &[usize],
) -> Vec<Instance> {
    let name = &estate[environment].name.node;
    let mut instances: Vec<Instance> = order
        .iter()
        .map(|at| Instance {
            addr: StackAddr {
                environment: name.clone(),
                stack: estate[stacks[*at]].name.node.clone(),
                key: None,
            },
            stack: stacks[*at],
            wires: std::mem::take(&mut wired[*at]),
            reads: Vec::new(),
            readers: Vec::new(),
        })
        .collect();
    for reader in 0..instances.len() {
        let place = |from: StackIdx| instances.iter().position(|i| i.stack == from);
        let mut reads: Vec<usize> =
            instances[reader].wires.iter().filter_map(|w| place(w.from)).collect();
        reads.sort_unstable();
        reads.dedup();
        for read in &reads {
            instances[*read].readers.push(InstanceIdx(reader as u32));
        }
        instances[reader].reads = reads.into_iter().map(|i| InstanceIdx(i as u32)).collect();
    }
    instances
}
