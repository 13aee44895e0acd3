//! A stack planned again when its turn comes: with the real outputs of what is below, under its lease.
//!
//! Invariant: a plan is let through only if it refines the approved one, breaks nobody, and is judged well.

use std::sync::Arc;

use diag::Diags;
use engine::run::Told;
use plan::{Action, Mode, Plan};
use store::Loaded;

use super::super::ended::ended;
use super::super::instance::{Purpose, open_stack, variables};
use super::super::published::published_of;
use super::super::{breaks, snapshot};
use super::before::is_gone;
use super::tell;
use super::turn::{Below, Ready, Turn};
use crate::mask::Mask;
use crate::stack::{self, Planning};

/// Plans the stack of a turn again; leaves what is ready in the turn.
///
/// # Errors
/// Where the plan fails or must not be carried out; nothing was touched then.
pub(super) async fn plan(turn: &mut Turn<'_>, below: &Below) -> Result<Told, Diags> {
    if !turn.approved.is_touched() {
        return untouched(turn, below).await;
    }
    if let Some(told) = waits(turn, below)? {
        return Ok(told);
    }
    turn.take_lease().await?;
    let loaded = turn.run.store.load(turn.lease());
    let loaded = loaded.map_err(|error| tell::one(crate::failure::load(&turn.label(), &error)))?;
    if is_gone(turn.applying, turn.approved, &loaded) {
        return Ok(Told::Nothing { deferred: false });
    }
    let ready = planned(turn, below, loaded).await?;
    let (acts, deferred) = (acts(&ready.later), !ready.later.deferred.is_empty());
    let nothing = !acts && ready.is_settled;
    turn.set_ready(ready.ready);
    if nothing {
        turn.keep_snapshot(!deferred)?;
        // The load may have folded what an earlier command had done and not published.
        let outputs = published_of(turn.run, turn.instance()).map_err(tell::one)?;
        turn.publish(outputs);
        return Ok(Told::Nothing { deferred });
    }
    Ok(Told::Planned)
}

/// A stack that nothing happens to keeps what it was applied from, where its files have changed without effect.
async fn untouched(turn: &mut Turn<'_>, below: &Below) -> Result<Told, Diags> {
    let nothing = Told::Nothing { deferred: false };
    let key = store::StackKey::from(&turn.approved.address);
    let kept = snapshot::head(&**turn.run.store, &key).map_err(tell::one)?;
    let now = snapshot::Head::of(turn.run, turn.instance());
    let options = &turn.approved.plan.options;
    if options.mode != Mode::Normal || options.is_partial() || kept.as_ref() == Some(&now) {
        return Ok(nothing);
    }
    turn.take_lease().await?;
    let label = turn.label();
    let loaded = turn.run.store.load(turn.lease());
    let loaded = loaded.map_err(|error| tell::one(crate::failure::load(&label, &error)))?;
    let mut diags = Diags::new();
    let Some(given) = variables(turn.run, turn.instance(), &below.outputs, &mut diags) else {
        return Err(diags);
    };
    if stack::base(&loaded) == turn.approved.plan.base {
        turn.set_ready(Ready {
            own: turn.approved.stack.clone(),
            later: turn.approved.plan.clone(),
            given,
            serial: loaded.state.serial,
        });
        turn.keep_snapshot(true)?;
    }
    Ok(nothing)
}

/// Whether an input is not known: because something below is deferred, or was never applied.
fn waits(turn: &Turn<'_>, below: &Below) -> Result<Option<Told>, Diags> {
    if turn.approved.plan.options.mode == Mode::Destroy {
        return Ok(None);
    }
    for wire in &turn.instance().wires {
        let value = below.outputs.get(&wire.from).and_then(|outputs| outputs.get(&wire.output));
        if value.is_some_and(value::Value::is_wholly_known) {
            continue;
        }
        return match below.deferring.get(&wire.from) {
            Some(on) => Ok(Some(Told::Waits { on: *on })),
            None => {
                let from = wire.from.to_string();
                Err(tell::one(tell::unknown_input(&turn.label(), &wire.input, &from, &wire.output)))
            }
        };
    }
    Ok(None)
}

/// A later plan that may be carried out.
struct Later {
    ready: Ready,
    later: Arc<Plan>,
    /// Whether nothing of an earlier run is in doubt.
    is_settled: bool,
}

async fn planned(turn: &Turn<'_>, below: &Below, loaded: Loaded) -> Result<Later, Diags> {
    let (run, approved, instance) = (turn.run, turn.approved, turn.instance());
    let again = stands(turn, &loaded)?;
    let mut diags = Diags::new();
    let Some(given) = variables(run, instance, &below.outputs, &mut diags) else {
        return Err(diags);
    };
    let own = open_stack(run, instance, &loaded, Purpose::Apply).await?;
    let planning = Planning {
        variables: given.clone(),
        options: approved.plan.options.clone(),
        time_s: approved.plan.time_s,
        deferral: run.deferral(instance, &own, &loaded)?,
        pending: Default::default(),
    };
    let shared = run.shared.clone();
    let task = tokio::spawn(async move {
        let outcome = stack::plan(&own, &shared, &loaded, planning).await;
        (own, loaded, outcome)
    });
    let (own, loaded, outcome) = task.await.expect("BUG: planning a stack panicked");
    let outcome = outcome.map_err(tell::one)?;
    if outcome.diags.has_errors() {
        return Err(Mask::of_variables(&given).over(outcome.diags));
    }
    let mut later = outcome.plan;
    later.bound_deferred(run.max_deferred(instance));
    let later = Arc::new(later);
    judged(turn, &later, &loaded, again)?;
    let serial = loaded.state.serial;
    let is_settled = loaded.in_doubt.is_empty();
    let ready = Ready { own, later: later.clone(), given, serial };
    Ok(Later { ready, later, is_settled })
}

/// Whether a state has moved since the plan was made.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Moved {
    /// It has not.
    No,
    /// By this run alone.
    ByThisRun,
}

/// Whether the state is the one that was planned upon, or has moved by this run alone.
fn stands(turn: &Turn<'_>, loaded: &Loaded) -> Result<Moved, Diags> {
    let resumed = turn.applying.resumed.as_ref();
    let came = resumed.and_then(|progress| progress.0.get(turn.address()));
    let serial = loaded.state.serial;
    let stands = match (turn.closed, came) {
        (Some(closed), _) => (closed == serial).then_some(Moved::ByThisRun),
        (None, Some(came)) => came.explains(serial).then_some(Moved::ByThisRun),
        (None, None) => (stack::base(loaded) == turn.approved.plan.base).then_some(Moved::No),
    };
    stands.ok_or_else(|| tell::one(tell::moved(&turn.label())))
}

/// Whether a later plan may be carried out.
fn judged(turn: &Turn<'_>, later: &Plan, loaded: &Loaded, moved: Moved) -> Result<(), Diags> {
    let label = turn.label();
    let mut ended = match moved {
        Moved::No => plan::refine::Ended::default(),
        Moved::ByThisRun => ended(&turn.approved.plan, &loaded.state, &loaded.in_doubt),
    };
    if turn.applying.resumed.is_some() {
        engine::begun(&mut ended, &loaded.in_doubt);
    }
    plan::refine::refines(&turn.approved.plan, later, &ended)
        .map_err(|differences| tell::one(crate::difference::diagnostic(&label, &differences)))?;
    (turn.applying.again)(turn.address(), later)?;
    let mut diags = Diags::new();
    for broken in breaks::of_stack(turn.run, turn.approved.index, later, &turn.wired()) {
        if !turn.applying.allow_breaks.contains(&broken.address()) {
            diags.push(breaks::refused(&broken));
        }
    }
    if diags.has_errors() { Err(diags) } else { Ok(()) }
}

/// Whether carrying the plan out would do anything now; what is deferred, and outputs that wait for it, are for later.
fn acts(plan: &Plan) -> bool {
    match plan.options.mode {
        Mode::RefreshOnly => plan.has_changes(),
        Mode::Normal | Mode::Destroy => {
            let moves = |change: &plan::Change| {
                change.action != Action::NoOp || change.previous_address.is_some()
            };
            let told = |output: &plan::OutputChange| {
                output.action != Action::NoOp && output.after.is_wholly_known()
            };
            plan.changes.iter().any(moves) || plan.outputs.iter().any(told)
        }
    }
}
