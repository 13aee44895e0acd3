//! One stack: planned and applied against its providers and its store.
//!
//! Invariant: a plan is applied only to the state that it was made from, and only with the configuration, inputs and
//! provider locks that it was made with; otherwise nothing is touched.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use addr::ProviderAddr;
use diag::Diagnostic;
use engine::{
    ApplyEnd, ApplyOutcome, Deferral, GivenVariable, PlanInput, PlanOutcome, Planner, Wired,
};
use plan::{Base, Digest, Digests, Mode, Options, Plan, Refresh, Schemas};
use provider::{Launch, Pool, Purpose};
use state::journal::{Action, RunId};
use store::{Loaded, StackKey, Store};
use tokio::sync::Semaphore;

use crate::bounds::Bounds;
use crate::cloud::Cloud;
use crate::credentials::{Absent, Identity};
use crate::drive::{self, World};
use crate::events::Events;
use crate::impure::Surroundings;
use crate::interrupt::Interrupts;
use crate::lease::Held;
use crate::load;
use crate::underway::Underway;
use crate::world::{From, StackWorld};

/// The workspace that every state of ours is in: Strata has none of OpenTofu's workspaces.
pub(crate) const WORKSPACE: &str = "default";

/// A root module, and everything that its machines need of the world.
#[derive(Clone)]
pub struct Stack {
    /// As people know it: `ENV/STACK`; empty for a plain root module.
    pub label: String,
    /// How the store names it.
    pub key: StackKey,
    /// The folder of the root module, absolute.
    pub dir: PathBuf,
    /// Its configuration.
    pub loaded: load::Loaded,
    /// The schemas of its providers.
    pub schemas: Arc<Schemas>,
    /// How its providers are started: to plan, under the identity for that.
    pub launches: BTreeMap<ProviderAddr, Launch>,
    /// Who it is: gives it the identity to apply under.
    pub identity: Identity,
    /// Identities that are not there yet.
    pub absent: Vec<Absent>,
    /// The digest of its provider locks.
    pub locks: Digest,
    /// The digest of the policies that bind it; zeros for a plain root module, which has none.
    pub policies: Digest,
}

impl Stack {
    /// The same stack with its providers under the identity to apply.
    ///
    /// # Errors
    /// Where that identity cannot be had.
    pub(crate) async fn to_apply(&self) -> Result<Stack, Diagnostic> {
        let launches = self.identity.under_now(&self.launches, Purpose::Apply).await?;
        Ok(Stack { launches, absent: Vec::new(), ..self.clone() })
    }
}

/// Where random bits come from: chance, or in a rehearsal its seed.
pub type Random = Arc<dyn Fn() -> u128 + Send + Sync>;

/// What stacks of one command share.
#[derive(Clone)]
pub struct Shared {
    /// What answers in place of real providers, in a rehearsal.
    pub cloud: Option<Arc<dyn Cloud>>,
    /// Provider processes.
    pub pool: Arc<Pool>,
    /// Who is told what happens.
    pub events: Arc<dyn Events>,
    /// The user's interrupts.
    pub interrupts: Interrupts,
    /// Calls of providers at one time, for each stack.
    pub parallelism: usize,
    /// Calls of providers at one time, for all stacks together.
    pub calls: Arc<Semaphore>,
    /// The user's home.
    pub home: Option<PathBuf>,
    /// Seconds since 1970, now.
    pub now: fn() -> i64,
    /// Random bits.
    pub random: Random,
    /// What configurations may read of the machine; anything where nothing is said.
    pub bounds: Option<Arc<Bounds>>,
}

/// What is to be planned.
pub struct Planning {
    /// Values of the root module's variables.
    pub variables: Vec<GivenVariable>,
    /// What the user asks.
    pub options: Options,
    /// The time of planning, in seconds since 1970; that of the approved plan where this is a later one of its run.
    pub time_s: i64,
    /// What becomes of what cannot be planned yet.
    pub deferral: Deferral,
    /// Variables that are wired from outputs with pending changes.
    pub pending: BTreeSet<Arc<str>>,
}

impl Planning {
    /// Of a root module alone: everything can be planned, or it is an error.
    pub fn alone(variables: Vec<GivenVariable>, options: Options, time_s: i64) -> Planning {
        let deferral = Deferral::Refused;
        Planning { variables, options, time_s, deferral, pending: BTreeSet::new() }
    }
}

/// Plans a stack upon a state.
///
/// # Errors
/// Where the user interrupted, or something is in doubt; then nothing was planned.
pub async fn plan(
    stack: &Stack,
    shared: &Shared,
    loaded: &Loaded,
    planning: Planning,
) -> Result<PlanOutcome, Diagnostic> {
    let stops = in_doubt(stack, loaded, planning.options.mode);
    if let Some(diagnostic) = stops.or_else(|| unread(stack, loaded, &planning.options)) {
        return Err(diagnostic);
    }
    let world = world(stack, shared, planning.time_s, Arc::new(AtomicBool::new(false)));
    let mut outcome = planned(stack, shared, loaded, planning, &world).await;
    world.close().await;
    if let Ok(outcome) = &mut outcome {
        doubts(stack, loaded, Diagnostic::warning)
            .into_iter()
            .for_each(|one| outcome.diags.push(one));
    }
    outcome
}

/// Drives a planner of the stack in a world; what is in doubt does not stop it.
pub(crate) async fn planned<W: World>(
    stack: &Stack,
    shared: &Shared,
    loaded: &Loaded,
    planning: Planning,
    world: &W,
) -> Result<PlanOutcome, Diagnostic> {
    let mut planner = planner(stack, loaded, planning);
    let mut interrupts = shared.interrupts.clone();
    match drive::plan(&mut planner, world, shared.parallelism, &mut interrupts).await {
        Ok(()) => Ok(planner.finish()),
        Err(drive::Interrupted) => Err(interrupted()),
    }
}

/// A planner of the stack that has asked nothing yet.
fn planner(stack: &Stack, loaded: &Loaded, planning: Planning) -> Planner {
    Planner::new(PlanInput {
        config: stack.loaded.config.clone(),
        schemas: stack.schemas.clone(),
        state: Arc::new(loaded.state.clone()),
        base: base(loaded),
        digests: digests(stack),
        variables: planning.variables,
        options: planning.options,
        time_s: planning.time_s,
        workspace: WORKSPACE.into(),
        cwd: stack.dir.display().to_string().into(),
        deferral: planning.deferral,
        pending: planning.pending,
        stale: loaded.stale.clone(),
        in_doubt: loaded.in_doubt.clone(),
    })
}

/// What came of an apply.
pub struct Applied {
    /// How it ended, and what it reported.
    pub outcome: ApplyOutcome,
    /// The state afterwards.
    pub loaded: Loaded,
}

/// Carries a plan out under a lease.
///
/// # Errors
/// Where the plan does not fit what is there (nothing was touched then), or the store failed.
pub async fn apply(
    stack: &Stack,
    shared: &Shared,
    store: &Arc<dyn Store>,
    held: &Held,
    plan: Arc<Plan>,
    run: RunId,
) -> Result<Applied, Diagnostic> {
    let mut underway =
        Underway::begin(stack, shared, store, held, plan, run, Wired::default()).await?;
    match underway.go().await {
        Ok(_) => underway.close(store, held).await.map_err(|(_, diagnostic)| diagnostic),
        Err(failure) => {
            let outcome = underway.lost(&failure).await;
            let why = outcome.diags.iter().last().cloned();
            Err(why.expect("BUG: what is lost tells why"))
        }
    }
}

/// Runs a blocking operation of the store under the lease.
pub(crate) async fn blocking<T: Send + 'static>(
    store: &Arc<dyn Store>,
    held: &Held,
    operation: impl FnOnce(&dyn Store, &store::Lease) -> T + Send + 'static,
) -> T {
    let (store, lease) = (store.clone(), held.lease().clone());
    let done = tokio::task::spawn_blocking(move || operation(&*store, &lease)).await;
    done.expect("BUG: an operation of the store panicked")
}

/// The world of the stack; no call begins once `lost` is true.
pub(crate) fn world(
    stack: &Stack,
    shared: &Shared,
    plan_time: i64,
    lost: Arc<AtomicBool>,
) -> StackWorld {
    let surroundings = Surroundings {
        dir: stack.dir.clone(),
        home: shared.home.clone(),
        plan_time,
        now: shared.now,
        random: shared.random.clone(),
        bounds: shared.bounds.clone(),
    };
    let from = match &shared.cloud {
        Some(cloud) => From::Cloud(cloud.clone()),
        None => From::Processes { pool: shared.pool.clone(), launches: stack.launches.clone() },
    };
    let (events, calls) = (shared.events.clone(), shared.calls.clone());
    StackWorld::new(stack.label.clone(), from, surroundings, lost, events, calls)
}

/// What a plan upon this state names as its base.
pub fn base(loaded: &Loaded) -> Base {
    Base {
        lineage: loaded.state.lineage.clone(),
        serial: loaded.state.serial,
        digest: Digest(loaded.digest.0),
    }
}

pub(crate) fn digests(stack: &Stack) -> Digests {
    Digests { configuration: stack.loaded.digest, locks: stack.locks, policies: stack.policies }
}

/// Refuses a plan that was made from something else than what is there.
pub(crate) fn fits(stack: &Stack, there: &Loaded, plan: &Plan) -> Result<(), Diagnostic> {
    let (own, now) = (digests(stack), base(there));
    let moved = match () {
        () if plan.digests.configuration != own.configuration => "the configuration",
        () if plan.digests.locks != own.locks => "the lock file of providers",
        () if plan.digests.policies != own.policies => "the policies of the estate",
        () if plan.base.lineage != now.lineage => "the state (another lineage)",
        () if plan.base.serial != now.serial => "the state's serial",
        () if plan.base.digest != now.digest => "the state",
        () => return Ok(()),
    };
    Err(Diagnostic::error("plan-stale", "The plan is stale")
        .detail(format!("Since it was made, {moved} has changed. Nothing was touched."))
        .remedy("Plan again, look at the new plan, and apply that.")
        .about(stack.label.clone()))
}

/// What would resolve itself by being read again stays in doubt where nothing is read: such a plan stands on sand.
fn unread(stack: &Stack, loaded: &Loaded, options: &Options) -> Option<Diagnostic> {
    let first = loaded.in_doubt.first().filter(|_| options.refresh == Refresh::No)?;
    Some(
        Diagnostic::error("in-doubt", "An object in doubt would not be read")
            .detail(format!(
                "A run ended while {} was under way, and -refresh=false leaves it unread.",
                first.begin.at
            ))
            .remedy("Plan without -refresh=false.")
            .about(stack.label.clone()),
    )
}

/// What is in doubt and cannot resolve itself stops what would go around it: a destruction, and a mere refresh. Any other
/// plan leaves it, and what depends on it, until a person has resolved it (ENGINE §10).
pub(crate) fn in_doubt(stack: &Stack, loaded: &Loaded, mode: Mode) -> Option<Diagnostic> {
    if mode == Mode::Normal {
        return None;
    }
    doubts(stack, loaded, Diagnostic::error)
}

/// Tells what is in doubt and cannot resolve itself.
fn doubts(
    stack: &Stack,
    loaded: &Loaded,
    weight: fn(&'static str, String) -> Diagnostic,
) -> Option<Diagnostic> {
    let creates: Vec<String> = loaded
        .in_doubt
        .iter()
        .filter(|doubt| doubt.begin.action == Action::Create)
        .map(|doubt| doubt.begin.at.to_string())
        .collect();
    if creates.is_empty() {
        return None;
    }
    let title = match creates.len() {
        1 => "1 object is in doubt".to_owned(),
        many => format!("{many} objects are in doubt"),
    };
    let option =
        if stack.label.is_empty() { String::new() } else { format!(" -stack {}", stack.label) };
    Some(
        weight("in-doubt", title)
            .detail(format!(
                "A run began to create these and is under way still, or ended without an answer, so that nobody knows \
                 whether they exist: {}. They are left as they are, with what depends on them.",
                creates.join(", ")
            ))
            .remedy(format!(
                "Wait for the run, if there is one (strata lock show). Else look where they would be, then for each: \
                 strata state resolve{option} ADDRESS -exists ID, or -absent."
            ))
            .about(stack.label.clone()),
    )
}

fn interrupted() -> Diagnostic {
    Diagnostic::error("interrupted", "Interrupted")
        .detail("Planning was ended before it was complete. Nothing was changed.")
        .remedy("Plan again.")
}

/// Whether an apply came to its end.
pub fn is_complete(outcome: &ApplyOutcome) -> bool {
    outcome.end == ApplyEnd::Complete
}
