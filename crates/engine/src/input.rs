//! What the machines start from, and what they end with.
//!
//! Invariant: everything that a result depends on stands here or in an answer.

use std::collections::BTreeSet;
use std::sync::Arc;

use diag::Diags;
use lang::config::Config;
use plan::{Base, Digests, Options, Plan, Schemas};
use state::State;
use state::journal::{InDoubt, RunId, Seq};
use value::Value;

use crate::halves::Wired;

/// A variable of the root module as its caller gives it: already read from text, not yet converted.
#[derive(Clone, Debug)]
pub struct GivenVariable {
    /// Its name; one that the module does not declare is an error or a warning of the driver's, not the engine's.
    pub name: Arc<str>,
    /// Its value; unknown where an upper stack is planned before a lower one is applied.
    pub value: Value,
}

/// What becomes of what cannot be planned before a named value is known (ENGINE §7).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Deferral {
    /// It is an error, as in a plain root module.
    #[default]
    Refused,
    /// It is left for a later plan, with its causes: in estates.
    Allowed {
        /// Local names of providers that are not asked while their configuration is unknown, because they would plan
        /// something wrong: what they would plan is planned from the schema.
        defer_providers: Vec<Arc<str>>,
        /// Local names of providers whose identity does not exist yet: they are not configured, and what they would plan
        /// is planned from the schema.
        absent_providers: Vec<Arc<str>>,
    },
}

impl Deferral {
    /// Whether things may be left for later.
    pub fn is_allowed(&self) -> bool {
        matches!(self, Deferral::Allowed { .. })
    }
}

/// What a planner starts from.
#[derive(Clone, Debug)]
pub struct PlanInput {
    /// The configuration.
    pub config: Arc<Config>,
    /// Schemas.
    pub schemas: Arc<Schemas>,
    /// The state as it is stored.
    pub state: Arc<State>,
    /// Lineage, serial and digest of that state.
    pub base: Base,
    /// What else the plan is bound to; only kept.
    pub digests: Digests,
    /// Root variables.
    pub variables: Vec<GivenVariable>,
    /// What the user asks.
    pub options: Options,
    /// The time of planning, in seconds since 1970: the driver's clock, or the approved plan's in a later plan of one
    /// run.
    pub time_s: i64,
    /// `terraform.workspace`.
    pub workspace: Arc<str>,
    /// The folder in which the program was started, for `path.cwd`.
    pub cwd: Arc<str>,
    /// What becomes of what cannot be planned yet.
    pub deferral: Deferral,
    /// Root variables that are wired from outputs of stacks with pending changes: a data source whose static closure
    /// contains one is read when the plan is applied.
    pub pending: BTreeSet<Arc<str>>,
    /// Published outputs that are known to be behind: they are published again, whatever their value is.
    pub stale: BTreeSet<Arc<str>>,
    /// What began in earlier runs and has no end. What was being made is left, with all that depends on it; the rest is
    /// told by reading the objects.
    pub in_doubt: Vec<InDoubt>,
}

/// What a planner ends with.
#[derive(Debug)]
pub struct PlanOutcome {
    /// The plan; with errors it is what could be planned, marked [`Errored`](plan::Completeness::Errored).
    pub plan: Plan,
    /// Errors and warnings.
    pub diags: Diags,
}

/// What an applier starts from.
#[derive(Clone, Debug)]
pub struct ApplyInput {
    /// The configuration that the plan was made from.
    pub config: Arc<Config>,
    /// Schemas.
    pub schemas: Arc<Schemas>,
    /// The state as it is stored: the plan's base.
    pub state: Arc<State>,
    /// The plan.
    pub plan: Arc<Plan>,
    /// The run, as the journal names it.
    pub run: RunId,
    /// The number that the first entry of this applier gets: the one after what the driver wrote at opening.
    pub next_seq: Seq,
    /// Provider calls of ops under way at a time, at most: so many ops can be in doubt after a crash.
    pub parallelism: usize,
    /// Ephemeral variables, which no plan holds.
    pub ephemeral: Vec<GivenVariable>,
    /// `terraform.workspace`.
    pub workspace: Arc<str>,
    /// The folder in which the program was started, for `path.cwd`.
    pub cwd: Arc<str>,
    /// What other stacks of the run read. Where that is nothing, the lead is everything and the apply is one piece; see
    /// [`halves`](crate::halves).
    pub wired: Wired,
}

/// How an apply ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ApplyEnd {
    /// All ops are over, without errors.
    Complete,
    /// Errors kept some ops from being carried out.
    Failed,
    /// It was stopped before the end, or its trail was left undone, without errors.
    Stopped,
}

/// What an applier ends with. The state is the fold of the journal, which the driver has.
#[derive(Debug)]
pub struct ApplyOutcome {
    /// How it ended.
    pub end: ApplyEnd,
    /// Objects added, changed and destroyed.
    pub done: plan::Counts,
    /// Errors and warnings.
    pub diags: Diags,
}
