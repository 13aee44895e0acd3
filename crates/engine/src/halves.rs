//! Lead and trail: a plan's ops in two halves, so that what other stacks still use is destroyed after they moved over.
//!
//! The **lead** reads, creates, updates, and makes the new object of a create-before-destroy. The **trail** takes objects
//! away from which an output derives or may have derived, and does what has to follow that. Between the two, the stacks
//! that read the outputs run (ENGINE §8). Pure: syntax, stored dependencies and the plan alone decide.
//!
//! What an output derived from *before* this plan is not kept anywhere but in stored dependencies. So wherever an output
//! changes or goes, any object may be what it derived from, and all that is destroyed goes to the trail; so it does where
//! an earlier apply was not whole, whose outputs may be there and whose readers may not have moved over.
//!
//! Invariant: what a wired output's value waits for is in the lead, and what follows an op of the trail is in the trail.

use std::collections::BTreeSet;
use std::sync::Arc;

use addr::{ConfigResource, DeposedKey, ResourceInstance};
use lang::config::{Config, ModuleId};
use lang::graph::{Object, StaticGraph};
use plan::{Action, Change, Op, OpId, OpKind, Plan};
use state::ObjectAddr;

/// In which half of a run an op is carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Half {
    /// Before the stacks that read the outputs.
    Lead,
    /// After them.
    Trail,
}

/// What others have of a stack's outputs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wired {
    /// The outputs of the root module that other stacks of the run read.
    pub outputs: Vec<Arc<str>>,
    /// How the apply before this one came out.
    pub earlier: Earlier,
}

/// How the apply before this one came out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Earlier {
    /// Whole: nothing that outputs derived from before it is left.
    #[default]
    Whole,
    /// Something of it was left undone: readers may still stand on what outputs derived from before it.
    Undone,
}

/// An object that the lead takes away though an output that others read derives from it: its readers stand on nothing
/// until they have moved over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Break {
    /// The output that is read.
    pub output: Arc<str>,
    /// The object that goes.
    pub address: ResourceInstance,
    /// Its deposed key, if it is a deposed one.
    pub deposed: Option<DeposedKey>,
    /// What happens to it: mostly [`Action::DeleteThenCreate`].
    pub action: Action,
}

/// A plan in two halves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Split {
    /// The half of each op of the plan.
    pub halves: Vec<Half>,
    /// What the lead breaks, in the order of outputs and ops; to be refused unless it is allowed by name. The remedy is
    /// `create_before_destroy`.
    pub breaks: Vec<Break>,
}

impl Split {
    /// Whether nothing is left for the trail.
    pub fn is_all_lead(&self) -> bool {
        !self.halves.contains(&Half::Trail)
    }
}

/// Splits the ops of a plan, given what others have of the outputs. Where nobody reads any, everything is the lead.
pub fn halves(config: &Config, graph: &StaticGraph, plan: &Plan, wired: &Wired) -> Split {
    let mut split = Split { halves: vec![Half::Lead; plan.ops.len()], breaks: Vec::new() };
    if wired.outputs.is_empty() {
        return split;
    }
    let derived = Derived::of(config, graph, plan, wired.earlier);
    let mut needed = vec![false; plan.ops.len()];
    for name in &wired.outputs {
        let behind = behind(plan, name);
        behind.iter().for_each(|op| needed[op.0 as usize] = true);
        split.breaks.extend(broken(plan, &derived, name, &behind, config, graph));
    }
    for (at, op) in plan.ops.iter().enumerate() {
        let follows = op.after.iter().any(|before| split.halves[before.0 as usize] == Half::Trail);
        let goes = taken(plan, op).is_some_and(|change| derived.may_be_read(change));
        if follows || goes && !needed[at] {
            split.halves[at] = Half::Trail;
        }
    }
    split
}

/// The object that an op takes away.
fn taken<'p>(plan: &'p Plan, op: &Op) -> Option<&'p Change> {
    match op.kind {
        OpKind::Destroy(change) | OpKind::Forget(change) => Some(plan.change(change)),
        _ => None,
    }
}

/// The ops that have to be over before an output has its new value, ascending; none where the value stays.
fn behind(plan: &Plan, output: &str) -> Vec<OpId> {
    let changes = plan.outputs.iter().any(|one| &*one.name == output && one.action != Action::NoOp);
    let own = plan.ops.iter().position(
        |op| matches!(&op.kind, OpKind::Output { module, name } if module.is_root() && &**name == output),
    );
    let Some(own) = own.filter(|_| changes) else { return Vec::new() };
    let mut seen = BTreeSet::new();
    let mut open = vec![OpId(u32::try_from(own).expect("BUG: too many ops"))];
    while let Some(op) = open.pop() {
        if seen.insert(op) {
            open.extend(&plan.op(op).after);
        }
    }
    seen.into_iter().collect()
}

/// What breaks under the readers of an output: what goes before its value is there, and what is replaced in place.
fn broken(
    plan: &Plan,
    derived: &Derived,
    output: &Arc<str>,
    behind: &[OpId],
    config: &Config,
    graph: &StaticGraph,
) -> Vec<Break> {
    let own = blocks_behind(config, graph, output);
    let breaks = |(at, op): (usize, &Op)| {
        let change = taken(plan, op)?;
        let replaced =
            change.action == Action::DeleteThenCreate && own.contains(&change.address.config());
        let early = derived.may_be_read(change)
            && behind.binary_search_by_key(&at, |op| op.0 as usize).is_ok();
        (replaced || early).then(|| Break {
            output: output.clone(),
            address: change.address.clone(),
            deposed: change.deposed.clone(),
            action: change.action,
        })
    };
    plan.ops.iter().enumerate().filter_map(breaks).collect()
}

/// The blocks that an output of the root module derives from by syntax; none for one that is not declared.
fn blocks_behind(config: &Config, graph: &StaticGraph, output: &str) -> BTreeSet<ConfigResource> {
    let Some(index) = config.root().def.names.output(output) else { return BTreeSet::new() };
    let behind = graph.resources_behind(graph.node(Object::Output(ModuleId::ROOT, index)));
    let address = |number| {
        let (module, resource) = graph.resource(number);
        config.resource_addr(module, resource)
    };
    behind.into_iter().map(address).collect()
}

/// From which blocks outputs derive, or may have derived.
struct Derived {
    blocks: BTreeSet<ConfigResource>,
    /// An output changes or goes, or did in an apply that was not whole: what it derived from is not known.
    moved: bool,
}

impl Derived {
    fn of(config: &Config, graph: &StaticGraph, plan: &Plan, earlier: Earlier) -> Derived {
        let mut blocks = BTreeSet::new();
        for output in &config.root().def.outputs {
            blocks.extend(blocks_behind(config, graph, &output.name));
        }
        let now: Vec<&Change> = plan
            .changes
            .iter()
            .filter(|change| blocks.contains(&change.address.config()))
            .collect();
        let stored: BTreeSet<ConfigResource> = now
            .iter()
            .filter_map(|change| plan.prior.object(&ObjectAddr::current(change.address.clone())))
            .flat_map(|object| object.dependencies.iter().cloned())
            .collect();
        blocks.extend(stored);
        let moved = |action| matches!(action, Action::Update | Action::Delete);
        let moved =
            earlier == Earlier::Undone || plan.outputs.iter().any(|output| moved(output.action));
        Derived { blocks, moved }
    }

    fn may_be_read(&self, change: &Change) -> bool {
        self.moved || self.blocks.contains(&change.address.config())
    }
}
