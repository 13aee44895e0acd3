//! The graph of a run: which stacks take part, who reads whom, and which outputs of each are read by others.
//!
//! Invariant: stacks stand in the order of the environment's graph, so that each follows all that it reads.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use diag::Diagnostic;
use engine::run::{Direction, Leaves, RunInput, RunStack, StackId};
use estate::InstanceIdx;
use plan::Mode;
use store::StackKey;

use super::super::environment::{EnvironmentPlan, Leaving, Run, StackPlan, WIDTH};
use super::super::published::Behind;
use super::super::snapshot;

/// The stacks of a run.
pub(super) struct Stacks<'r> {
    approved: Vec<&'r StackPlan>,
    /// By place.
    pub(super) ids: Vec<StackId>,
    /// For each, the outputs that others of the run read, or have read.
    pub(super) wired: Vec<BTreeSet<Arc<str>>>,
    reads: Vec<RunStack>,
    direction: Direction,
}

impl<'r> Stacks<'r> {
    /// The stacks of the approved plans.
    ///
    /// # Errors
    /// Where what a stack was last applied from cannot be read.
    pub(super) fn of(
        run: Run<'_>,
        approved: &'r EnvironmentPlan,
    ) -> Result<Stacks<'r>, Diagnostic> {
        let mut plans: Vec<&StackPlan> = approved.stacks.iter().collect();
        plans.sort_by_key(|stack| stack.index);
        let destroys = plans.iter().any(|one| one.plan.options.mode == Mode::Destroy);
        let by_index: BTreeMap<InstanceIdx, StackId> =
            plans.iter().enumerate().map(|(at, one)| (one.index, id(at))).collect();
        let mut stacks = Stacks {
            ids: (0..plans.len()).map(id).collect(),
            wired: vec![BTreeSet::new(); plans.len()],
            reads: Vec::with_capacity(plans.len()),
            direction: if destroys { Direction::Destroy } else { Direction::Apply },
            approved: plans,
        };
        for at in 0..stacks.approved.len() {
            let stack = stacks.connect(run, at, &by_index)?;
            stacks.reads.push(stack);
        }
        Ok(stacks)
    }

    fn connect(
        &mut self,
        run: Run<'_>,
        at: usize,
        by_index: &BTreeMap<InstanceIdx, StackId>,
    ) -> Result<RunStack, Diagnostic> {
        let stack = self.approved[at];
        let instance = run.graph.instance(stack.index);
        let find = |addr: &addr::StackAddr| by_index.get(&run.graph.find(addr)?).copied();
        for wire in &instance.wires {
            if let Some(below) = find(&wire.from) {
                self.wired[below.at()].insert(wire.output.clone());
            }
        }
        let mut stood_on = Vec::new();
        if stack.plan.has_changes() {
            match snapshot::head(&**run.store, &StackKey::from(&instance.addr))? {
                Some(head) => {
                    for (from, output) in &head.reads {
                        if let Some(below) = find(from) {
                            self.wired[below.at()].insert(output.clone());
                            stood_on.push(below);
                        }
                    }
                    stood_on.extend(head.host.as_ref().and_then(find));
                }
                // Applied before snapshots were kept: it may stand on anything below.
                None if stack.plan.base.serial > 0 => stood_on.extend(self.ids[..at].iter()),
                None => {}
            }
        }
        let mut reads: Vec<StackId> =
            instance.reads.iter().filter_map(|read| by_index.get(read).copied()).collect();
        match self.stands_on_roles(stack) {
            RoleOf::Nobody => {}
            RoleOf::Made => stood_on.extend(self.of_lower_layers(run, at)),
            RoleOf::ToBeMade => reads.extend(self.of_lower_layers(run, at)),
        }
        let leaves = match &stack.leaving {
            Leaving::WithHost(host) => {
                by_index.get(host).map_or(Leaves::Itself, |host| Leaves::WithHost(*host))
            }
            Leaving::Itself => Leaves::Itself,
        };
        Ok(RunStack { reads, stood_on, leaves })
    }

    /// What a stack's credentials say of the order. No wire says which stack makes its roles: some below does.
    fn stands_on_roles(&self, stack: &StackPlan) -> RoleOf {
        let provisional = |change: &plan::Change| change.provisional == plan::Provisional::Yes;
        match self.direction {
            Direction::Destroy if !stack.stack.identity.is_nobody() => RoleOf::Made,
            Direction::Destroy => RoleOf::Nobody,
            Direction::Apply
                if !stack.stack.absent.is_empty() || stack.plan.changes.iter().any(provisional) =>
            {
                RoleOf::ToBeMade
            }
            Direction::Apply => RoleOf::Nobody,
        }
    }

    /// The stacks of the run in lower layers than that of the stack at a place, which stand before it.
    fn of_lower_layers(&self, run: Run<'_>, at: usize) -> Vec<StackId> {
        let layer =
            |stack: &StackPlan| run.file.estate[run.graph.instance(stack.index).stack].layer;
        let own = layer(self.approved[at]);
        let lower = |id: &&StackId| layer(self.approved[id.at()]) < own;
        self.ids[..at].iter().filter(lower).copied().collect()
    }

    /// The plan at a place.
    pub(super) fn plan(&self, at: usize) -> &'r StackPlan {
        self.approved[at]
    }

    /// What outputs are that are behind what their stacks say.
    pub(super) fn behind(&self) -> Behind {
        match self.direction {
            Direction::Apply => Behind::Unknown,
            Direction::Destroy => Behind::AsPublished,
        }
    }

    /// What the machine starts from.
    pub(super) fn input(&self, run: Run<'_>) -> RunInput {
        RunInput {
            direction: self.direction,
            stacks: self.reads.clone(),
            rounds_max: run.file.estate.rounds_max,
            width: WIDTH,
        }
    }
}

/// Whose roles a stack works under, as far as that orders a run.
#[derive(Clone, Copy, PartialEq, Eq)]
enum RoleOf {
    /// Nobody's that this run makes or destroys.
    Nobody,
    /// A stack's below, which must not go before this one.
    Made,
    /// A stack's below, which has to make them first.
    ToBeMade,
}

fn id(at: usize) -> StackId {
    StackId(u32::try_from(at).expect("BUG: too many stacks"))
}
