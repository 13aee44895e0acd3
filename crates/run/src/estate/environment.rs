//! What a command over an environment's stacks starts from, and the plans that it makes.
//!
//! Data only. Invariant: an [`InstanceIdx`] here points into the graph of the [`Run`] that it came from.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use addr::{ResourceInstance, StackAddr, Target};
use diag::Diags;
use engine::Deferral;
use estate::{Instance, InstanceIdx, StackGraph};
use plan::{DriftChoice, Mode, Options, Plan};
use store::{EstateStore, Loaded, LockRequest};

use super::breaks::Broken;
use super::check::Checked;
use super::open::EstateFile;
use super::policies::Policies;
use super::standing::Standing;
use crate::credentials::Identities;
use crate::events::Member;
use crate::providers::Providers;
use crate::secrets::SecretReader;
use crate::stack::{Shared, Stack};

/// Stacks that are planned or applied at a time, at most: each has provider processes of its own.
pub(super) const WIDTH: usize = 16;

/// What planning and applying an environment need.
#[derive(Clone, Copy)]
pub struct Run<'a> {
    /// The estate file.
    pub file: &'a EstateFile,
    /// Its root modules.
    pub checked: &'a Checked,
    /// The environment's stacks.
    pub graph: &'a StackGraph,
    /// The store.
    pub store: &'a Arc<dyn EstateStore>,
    /// What the store holds beside what the file names.
    pub standing: &'a Standing,
    /// Processes, events, interrupts.
    pub shared: &'a Shared,
    /// Where providers come from.
    pub providers: &'a Providers,
    /// What decides whether a plan may be applied.
    pub policies: &'a Policies,
    /// Values that stand outside of the estate file.
    pub secrets: &'a SecretReader,
    /// Who stacks are.
    pub identities: &'a Identities,
    /// How a lease is asked for where planning needs one.
    pub request: &'a LockRequest,
}

impl Run<'_> {
    /// A stack as events name it.
    pub(super) fn member(self, index: InstanceIdx) -> Member {
        let instance = self.graph.instance(index);
        let estate = &self.file.estate;
        let layer = &estate[estate[instance.stack].layer];
        Member { stack: instance.addr.to_string(), layer: layer.name.node.to_string() }
    }

    /// How many objects a deferral without a bound of its own may come to in a stack.
    pub(super) fn max_deferred(self, instance: &Instance) -> u64 {
        let estate = &self.file.estate;
        estate[estate[instance.stack].layer].max_deferred
    }

    /// What becomes of what cannot be planned yet in a stack: providers that the file defers wait, and those whose
    /// identity a stack below has still to make.
    ///
    /// # Errors
    /// Where an identity is missing with which the stack's objects were made: nothing below will bring it back.
    pub(super) fn deferral(
        self,
        instance: &Instance,
        stack: &Stack,
        loaded: &Loaded,
    ) -> Result<Deferral, Diags> {
        if let Some(absent) = stack.absent.first()
            && loaded.state.rows().next().is_some()
        {
            let mut diags = Diags::new();
            diags.push(absent.diagnostic.clone());
            return Err(diags);
        }
        let root = &stack.loaded.config.root().def;
        let absent = stack.absent.iter().flat_map(|absent| &absent.providers);
        let absent = absent.map(|provider| Arc::from(root.local_name_of(provider)));
        let named = self.file.estate[instance.stack].defer.iter().map(|name| name.node.clone());
        Ok(Deferral::Allowed {
            defer_providers: named.collect(),
            absent_providers: absent.collect(),
        })
    }
}

/// Which stacks a command is about.
#[derive(Clone, Debug, Default)]
pub struct Selected {
    /// All of them.
    pub instances: BTreeSet<InstanceIdx>,
    /// Those among them that are in only because something below them is: they are planned only if one of their inputs
    /// differs from what they were last applied with.
    pub rippled: BTreeSet<InstanceIdx>,
    /// Of these stacks, whose drift alone is taken in; where they are named, all stacks that are selected are.
    pub drifted: BTreeMap<InstanceIdx, Vec<ResourceInstance>>,
}

impl Selected {
    /// The options for one stack.
    pub(super) fn options(&self, index: InstanceIdx, all: &Options) -> Options {
        let Some(drifted) = self.drifted.get(&index) else { return all.clone() };
        let drift = DriftChoice::Only(drifted.clone());
        let targets = match all.mode {
            // What else the stack's configuration says is another plan's.
            Mode::Normal => drifted.iter().cloned().map(Target::Instance).collect(),
            Mode::RefreshOnly | Mode::Destroy => all.targets.clone(),
        };
        Options { drift, targets, ..all.clone() }
    }
}

impl From<BTreeSet<InstanceIdx>> for Selected {
    fn from(instances: BTreeSet<InstanceIdx>) -> Selected {
        Selected { instances, ..Selected::default() }
    }
}

/// How a stack leaves where it is destroyed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Leaving {
    /// Its own providers take its objects away.
    #[default]
    Itself,
    /// It stands on this stack and is gone with it: it is forgotten once that is destroyed.
    WithHost(InstanceIdx),
}

/// A stack's plan, with what it takes to apply it.
#[derive(Clone)]
pub struct StackPlan {
    /// Which stack of the graph.
    pub index: InstanceIdx,
    /// Its address.
    pub address: StackAddr,
    /// The stack.
    pub stack: Stack,
    /// Its plan.
    pub plan: Arc<Plan>,
    /// Its inputs that are wired and not known yet.
    pub unknown_inputs: usize,
    /// How it leaves, where everything is destroyed.
    pub leaving: Leaving,
    /// Warnings.
    pub diags: Diags,
}

impl StackPlan {
    /// Whether its turn may come to anything: a stack without changes whose inputs are all known stays as it is.
    pub fn is_touched(&self) -> bool {
        let known = self.plan.variables.iter().all(|variable| variable.value.is_wholly_known());
        self.plan.has_changes() || !known && self.plan.options.mode != Mode::Destroy
    }
}

/// A stack whose state is another's now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MovedInstance {
    /// The address under which the store has it.
    pub from: StackAddr,
    /// The address that the file has for it.
    pub to: StackAddr,
}

/// A stack that is forgotten by a `removed` block: its objects stay as they are.
#[derive(Clone, Debug)]
pub struct ForgottenStack {
    /// Its address.
    pub address: StackAddr,
    /// What is forgotten: a plan of forgetting each object.
    pub plan: Arc<Plan>,
}

/// A stack of which a static context (a module's source or version, say) depends on a value that is not known yet.
#[derive(Clone, Debug)]
pub struct NotPlannable {
    /// Which stack of the graph.
    pub index: InstanceIdx,
    /// Its address.
    pub address: StackAddr,
    /// Why.
    pub diags: Diags,
}

/// The plans of an environment's stacks.
#[derive(Default)]
pub struct EnvironmentPlan {
    /// In the order in which they are applied.
    pub stacks: Vec<StackPlan>,
    /// Stacks that were not planned because their inputs stay as they are.
    pub cut_off: Vec<StackAddr>,
    /// Stacks in the store that the file no longer names; destroyed only by name.
    pub orphans: Vec<StackAddr>,
    /// Stacks that have another name now.
    pub moved: Vec<MovedInstance>,
    /// Stacks that are forgotten.
    pub forgotten: Vec<ForgottenStack>,
    /// Stacks that cannot be planned before something below is applied; they are approved separately, later.
    pub not_plannable: Vec<NotPlannable>,
    /// What would go under stacks that use it; refused when applied, unless allowed by name.
    pub breaks: Vec<Broken>,
    /// What went wrong; a stack that reads one that failed is not planned.
    pub diags: Diags,
}

impl EnvironmentPlan {
    /// Whether anything would change.
    pub fn has_changes(&self) -> bool {
        self.stacks.iter().any(|stack| stack.plan.has_changes())
            || !self.moved.is_empty()
            || !self.forgotten.is_empty()
            || !self.not_plannable.is_empty()
    }
}
