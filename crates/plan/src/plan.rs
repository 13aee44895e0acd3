//! A whole plan of one stack.
//!
//! Data only. Invariant: `changes` are in canonical order (module, resource, key, deposed last), `ops` as
//! [`Op`] says, and every index points into its table.

use std::sync::Arc;

use addr::{ProviderInstance, ResourceInstance, Target};
use state::{CheckResult, Digest, State};
use value::{Path, Value};

use crate::action::Action;
use crate::change::{Change, OutputChange, Sensitive};
use crate::deferred::{Deferred, DeferredItem};
use crate::drift::DriftChoice;
use crate::op::{ChangeIndex, Op, OpId};
use crate::provider::ProviderIndex;

/// What a plan is to bring about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mode {
    /// The world as configured.
    Normal,
    /// Nothing left.
    Destroy,
    /// The state as the world is.
    RefreshOnly,
}

/// Whether prior objects are read from their providers before planning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Refresh {
    /// They are (the default).
    Yes,
    /// They are taken as the state holds them (`-refresh=false`).
    No,
}

/// What the user asked of a plan beyond its configuration.
#[derive(Clone, Debug, PartialEq)]
pub struct Options {
    /// Normal, destroy or refresh-only.
    pub mode: Mode,
    /// Whether to read prior objects.
    pub refresh: Refresh,
    /// `-target`: these and all that they depend on, and nothing else.
    pub targets: Vec<Target>,
    /// `-exclude`: all but these and what depends on them.
    pub excludes: Vec<Target>,
    /// `-replace`: these instances.
    pub replace: Vec<ResourceInstance>,
    /// Whose drift is taken in.
    pub drift: DriftChoice,
}

impl Options {
    /// Whether targets or excludes leave something out.
    pub fn is_partial(&self) -> bool {
        !self.targets.is_empty() || !self.excludes.is_empty()
    }
}

impl Default for Options {
    fn default() -> Options {
        Options {
            mode: Mode::Normal,
            refresh: Refresh::Yes,
            targets: Vec::new(),
            excludes: Vec::new(),
            replace: Vec::new(),
            drift: DriftChoice::Taken,
        }
    }
}

/// What a plan was made from; it is refused when this moved.
#[derive(Clone, Debug, PartialEq)]
pub struct Base {
    /// The state's lineage.
    pub lineage: Arc<str>,
    /// The state's serial.
    pub serial: u64,
    /// The digest of the state as the store holds it.
    pub digest: Digest,
}

/// Digests of what else a plan was made from. The driver computes and fills them in.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Digests {
    /// The configuration tree: every source text, by name.
    pub configuration: Digest,
    /// The provider locks.
    pub locks: Digest,
    /// The policies and limits.
    pub policies: Digest,
}

/// The value of a variable of the root module.
#[derive(Clone, Debug, PartialEq)]
pub struct Variable {
    /// Its name.
    pub name: Arc<str>,
    /// Its final value with its marks, sensitive as a whole where its block says so; never an ephemeral one, those are
    /// given again when applying.
    pub value: Value,
    /// Whether its block says sensitive.
    pub sensitive: Sensitive,
    /// Whether the caller set it, or its default did.
    pub set_by_caller: bool,
}

/// Whether a plan covers the whole stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Completeness {
    /// It does, and applying it leaves nothing to do.
    Whole,
    /// `-target` or `-exclude` left something out, or something is deferred.
    Partial,
    /// Planning met errors: what stands here is what could be planned, and it cannot be applied.
    Errored,
}

/// An attribute of a resource that the configuration reads, so that its drift explains changes.
#[derive(Clone, Debug, PartialEq)]
pub struct RelevantAttribute {
    /// The resource (or instance), as its address.
    pub resource: Arc<str>,
    /// The path inside.
    pub path: Path,
}

/// A plan of one stack.
#[derive(Clone, Debug)]
pub struct Plan {
    /// What the user asked.
    pub options: Options,
    /// Whether it covers the stack.
    pub completeness: Completeness,
    /// The state that it was made from.
    pub base: Base,
    /// What else it was made from.
    pub digests: Digests,
    /// The time of planning (`plantimestamp()`), in seconds since 1970-01-01T00:00:00Z.
    pub time_s: i64,
    /// The variables of the root module, in the order of their names.
    pub variables: Vec<Variable>,
    /// The provider configuration instances.
    pub providers: Vec<ProviderInstance>,
    /// What is to happen, no-ops included.
    pub changes: Vec<Change>,
    /// What happened outside: from the state as saved to the state as read, taken in or not. Where it counts, its causes say
    /// what is different.
    pub drift: Vec<Change>,
    /// Outputs of the root module, in the order of their names, no-ops included.
    pub outputs: Vec<OutputChange>,
    /// Results of conditions.
    pub checks: Vec<CheckResult>,
    /// What is left for later.
    pub deferred: Vec<Deferred>,
    /// The steps.
    pub ops: Vec<Op>,
    /// The state as upgraded and refreshed: what applying starts from. Its rows that differ from the base become
    /// the journal's first entry.
    pub prior: Arc<State>,
    /// What the configuration reads.
    pub relevant: Vec<RelevantAttribute>,
    /// What files said while planning: the apply sees the same.
    pub impure: Vec<Impure>,
}

/// What an impure function asked while planning, and what the world answered.
#[derive(Clone, Debug, PartialEq)]
pub struct Impure {
    /// The question.
    pub request: funcs::Request,
    /// The answer.
    pub answer: funcs::Answer,
}

/// How many objects a plan adds, changes and destroys, as OpenTofu counts: a replace is one added and one destroyed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Objects made.
    pub add: usize,
    /// Objects changed in place.
    pub change: usize,
    /// Objects destroyed.
    pub destroy: usize,
    /// Of those added and destroyed, how many replace one another.
    pub replace: usize,
    /// Objects forgotten.
    pub forget: usize,
}

impl Plan {
    /// The change at an index.
    pub fn change(&self, index: ChangeIndex) -> &Change {
        &self.changes[index.0 as usize]
    }

    /// The op with an id.
    pub fn op(&self, id: OpId) -> &Op {
        &self.ops[id.0 as usize]
    }

    /// The provider configuration instance at an index.
    pub fn provider(&self, index: ProviderIndex) -> &ProviderInstance {
        &self.providers[index.0 as usize]
    }

    /// How many objects it adds, changes, destroys; data sources are not counted.
    pub fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        let managed = |change: &&Change| change.address.resource.mode == addr::Mode::Managed;
        for change in self.changes.iter().filter(managed) {
            match change.action {
                Action::NoOp | Action::Read => {}
                Action::Create => counts.add += 1,
                Action::Update => counts.change += 1,
                Action::Delete => counts.destroy += 1,
                Action::Forget => counts.forget += 1,
                Action::ForgetThenCreate => {
                    counts.add += 1;
                    counts.forget += 1;
                }
                Action::DeleteThenCreate | Action::CreateThenDelete => {
                    counts.add += 1;
                    counts.destroy += 1;
                    counts.replace += 1;
                }
            }
        }
        counts
    }

    /// Gives what is left for later without a bound of its own this greatest number of creates: the layer's
    /// `max_deferred`. Both an approved plan and those that have to refine it are to be given theirs.
    pub fn bound_deferred(&mut self, max: u64) {
        for deferred in &mut self.deferred {
            if matches!(deferred.what, DeferredItem::Pattern(_)) {
                deferred.creates_max.get_or_insert(max);
            }
        }
    }

    /// The objects that stay as they are while something is left for later, in the order of addresses.
    pub fn kept_by(&self, deferred: &Deferred) -> Vec<ResourceInstance> {
        let current = self.prior.rows().map(|(at, _)| at).filter(|at| at.deposed.is_none());
        current.map(|at| at.instance).filter(|at| deferred.what.covers(at)).collect()
    }

    /// Whether it destroys, and an object is gone already: nothing is left to do but to write that down.
    fn forgets_what_is_gone(&self) -> bool {
        self.options.mode == Mode::Destroy
            && self.drift.iter().any(|drifted| drifted.action == Action::Delete)
    }

    /// Whether an entry of `drift` becomes part of the state, or is put back.
    pub fn takes_in(&self, drifted: &Change) -> bool {
        !drifted.counts_as_drift() || self.options.drift.takes(&drifted.address)
    }

    /// Whether applying it would change anything: an object, an output, or in refresh-only mode the state.
    pub fn has_changes(&self) -> bool {
        let acts =
            |change: &Change| change.action != Action::NoOp || change.previous_address.is_some();
        match self.options.mode {
            Mode::RefreshOnly => {
                self.drift.iter().any(|one| self.takes_in(one))
                    || self.outputs.iter().any(|o| o.action != Action::NoOp)
            }
            Mode::Normal | Mode::Destroy => {
                self.changes.iter().any(acts)
                    || self.outputs.iter().any(|o| o.action != Action::NoOp)
                    || !self.deferred.is_empty()
                    || self.forgets_what_is_gone()
            }
        }
    }
}
