//! Applying the plans of an environment's stacks, in dependency order.
//!
//! Before its turn each stack is planned again with the real values of those below, and goes on only if the new plan
//! refines the approved one. A stack that fails blocks only those that wait for it.
//!
//! Invariant: nothing of a stack is touched before its new plan was found to refine the approved one, under the lease
//! that the apply then holds.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use addr::StackAddr;
use diag::{Diagnostic, Diags};
use estate::InstanceIdx;
use futures_util::stream::{FuturesUnordered, StreamExt as _};
use plan::{Counts, Mode, Plan};
use state::journal::RunId;
use store::{EstateStore as _, Event as StoreEvent, LockRequest, Store};

use super::instance::{Purpose, open_stack, variables};
use super::plan::{EnvironmentPlan, Outputs, Run, StackPlan, published_of};
use crate::events::{Ended, Event, EventKind, Phase};
use crate::lease::Held;
use crate::stack::{self, Planning};

/// How an apply of several stacks is to go.
pub struct Applying {
    /// The id of the plan, which is the run's.
    pub plan_id: String,
    /// How each lease is asked for.
    pub request: LockRequest,
    /// How long to wait for a lease.
    pub patience: Duration,
    /// Milliseconds since 1970, now: for the table of events.
    pub now_ms: fn() -> u64,
}

/// What came of one stack.
#[derive(Debug)]
pub struct StackApplied {
    /// Its address.
    pub address: String,
    /// Objects added, changed, destroyed.
    pub done: Counts,
    /// Whether it came to its end without errors.
    pub ended: Ended,
    /// How long it took.
    pub took: Duration,
}

/// What came of all.
#[derive(Debug, Default)]
pub struct EstateApplied {
    /// In the order in which they ended.
    pub stacks: Vec<StackApplied>,
    /// Errors and warnings.
    pub diags: Diags,
}

/// Applies the approved plans.
pub async fn apply(run: Run<'_>, approved: &EnvironmentPlan, applying: &Applying) -> EstateApplied {
    let mut applied = EstateApplied::default();
    let mut outputs = match all_published(run) {
        Ok(outputs) => outputs,
        Err(diagnostic) => {
            applied.diags.push(diagnostic);
            return applied;
        }
    };
    let mut waiting: BTreeMap<InstanceIdx, &StackPlan> =
        approved.stacks.iter().map(|stack| (stack.index, stack)).collect();
    let mut failed: BTreeSet<InstanceIdx> = BTreeSet::new();
    let mut under_way: BTreeSet<InstanceIdx> = BTreeSet::new();
    let mut futures = FuturesUnordered::new();
    loop {
        while let Some(index) = next(run, &waiting, &under_way, &failed) {
            let stack = waiting.remove(&index).expect("BUG: what is next waits");
            if let Some(before) = before(run, stack).find(|other| failed.contains(other)) {
                applied.diags.push(blocked(run, index, before));
                failed.insert(index);
            } else if run.shared.interrupts.asked() {
                failed.insert(index);
            } else {
                under_way.insert(index);
                futures.push(turn(run, stack, outputs.clone(), applying));
            }
        }
        let Some((index, result)) = futures.next().await else { break };
        under_way.remove(&index);
        if result.ended == Ended::Badly {
            failed.insert(index);
        }
        let instance = run.graph.instance(index);
        match published_of(run, instance) {
            Ok(own) => {
                outputs.insert(instance.addr.clone(), own);
            }
            Err(diagnostic) => applied.diags.push(diagnostic),
        }
        applied.diags.extend(result.diags);
        applied.stacks.push(StackApplied {
            address: instance.addr.to_string(),
            done: result.done,
            ended: result.ended,
            took: result.took,
        });
    }
    applied
}

/// The published outputs of every stack of the environment, and of those of others that they read.
fn all_published(run: Run<'_>) -> Result<BTreeMap<StackAddr, Outputs>, Diagnostic> {
    let instances = run.graph.order.iter().chain(&run.graph.outside);
    instances.map(|instance| Ok((instance.addr.clone(), published_of(run, instance)?))).collect()
}

/// The stacks that go before this one: those that it reads, or in a destruction those that read it.
fn before<'a>(run: Run<'a>, stack: &StackPlan) -> impl Iterator<Item = InstanceIdx> + 'a {
    let instance = run.graph.instance(stack.index);
    let before = match stack.plan.options.mode {
        Mode::Destroy => &instance.readers,
        Mode::Normal | Mode::RefreshOnly => &instance.reads,
    };
    before.iter().copied()
}

/// A waiting stack whose turn it is.
fn next(
    run: Run<'_>,
    waiting: &BTreeMap<InstanceIdx, &StackPlan>,
    under_way: &BTreeSet<InstanceIdx>,
    failed: &BTreeSet<InstanceIdx>,
) -> Option<InstanceIdx> {
    let over = |other: InstanceIdx| {
        failed.contains(&other) || !waiting.contains_key(&other) && !under_way.contains(&other)
    };
    waiting.values().find(|stack| before(run, stack).all(over)).map(|stack| stack.index)
}

/// What came of a stack's turn.
struct Turn {
    done: Counts,
    ended: Ended,
    took: Duration,
    diags: Diags,
}

async fn turn(
    run: Run<'_>,
    approved: &StackPlan,
    outputs: BTreeMap<StackAddr, Outputs>,
    applying: &Applying,
) -> (InstanceIdx, Turn) {
    let begun = Instant::now();
    let label = approved.address.to_string();
    let tell = |kind| run.shared.events.event(Event { stack: label.clone(), kind });
    tell(EventKind::StackBegan(Phase::Apply));
    let mut turn = Turn {
        done: Counts::default(),
        ended: Ended::Well,
        took: Duration::ZERO,
        diags: Diags::new(),
    };
    let store: Arc<dyn Store> = run.store.clone();
    let taken =
        Held::take(store.clone(), &approved.stack.key, applying.request.clone(), applying.patience);
    match taken.await {
        Ok(held) => {
            if let Err(diags) =
                under_lease(run, approved, &outputs, applying, &held, &mut turn).await
            {
                turn.ended = Ended::Badly;
                turn.diags.extend(diags);
            }
            held.release().await;
        }
        Err(diagnostic) => {
            turn.ended = Ended::Badly;
            turn.diags.push(diagnostic);
        }
    }
    turn.took = begun.elapsed();
    tell(EventKind::StackEnded { phase: Phase::Apply, ended: turn.ended, took: turn.took });
    (approved.index, turn)
}

async fn under_lease(
    run: Run<'_>,
    approved: &StackPlan,
    outputs: &BTreeMap<StackAddr, Outputs>,
    applying: &Applying,
    held: &Held,
    turn: &mut Turn,
) -> Result<(), Diags> {
    let label = approved.address.to_string();
    let one = |diagnostic: Diagnostic| {
        let mut diags = Diags::new();
        diags.push(diagnostic);
        diags
    };
    let loaded = run.store.load(held.lease()).map_err(|e| one(crate::failure::load(&label, &e)))?;
    if stack::base(&loaded) != approved.plan.base {
        return Err(one(moved(&label)));
    }
    let instance = run.graph.instance(approved.index);
    let mut diags = Diags::new();
    let Some(variables) = variables(run, instance, outputs, &mut diags) else { return Err(diags) };
    let own = open_stack(run, instance, &loaded, Purpose::Apply).await?;
    let options = approved.plan.options.clone();
    let planning = Planning { variables, options, time_s: approved.plan.time_s };
    let later = stack::plan(&own, run.shared, &loaded, planning).await.map_err(one)?;
    if later.diags.has_errors() {
        return Err(within(&label, later.diags));
    }
    plan::refine::refines(&approved.plan, &later.plan, &plan::refine::Ended::default())
        .map_err(|differences| one(crate::difference::diagnostic(&label, &differences)))?;
    if !later.plan.has_changes() && loaded.in_doubt.is_empty() {
        return Ok(());
    }
    let later: Arc<Plan> = Arc::new(later.plan);
    let store: Arc<dyn Store> = run.store.clone();
    let id = RunId::new(applying.plan_id.as_str());
    let before = loaded.state.serial;
    let applied = stack::apply(&own, run.shared, &store, held, later, id).await.map_err(one)?;
    turn.done = applied.outcome.done;
    record(
        run,
        applying,
        &label,
        (before, applied.loaded.state.serial),
        &applied.outcome.done,
        turn,
    );
    let complete = stack::is_complete(&applied.outcome);
    turn.diags.extend(within(&label, applied.outcome.diags));
    if !complete {
        turn.ended = Ended::Badly;
    }
    Ok(())
}

/// Appends to the table of events what was done.
fn record(
    run: Run<'_>,
    applying: &Applying,
    stack: &str,
    serials: (u64, u64),
    done: &Counts,
    turn: &mut Turn,
) {
    let event = StoreEvent {
        at_ms: (applying.now_ms)(),
        who: applying.request.who.clone(),
        what: "apply".into(),
        stack: Some(stack.into()),
        plan: Some(applying.plan_id.as_str().into()),
        serials: Some(serials),
        detail: format!("{} added, {} changed, {} destroyed", done.add, done.change, done.destroy)
            .into(),
    };
    if let Err(error) = run.store.record(&event) {
        turn.diags.push(crate::failure::port(stack, &error));
        turn.ended = Ended::Badly;
    }
}

/// Diagnostics of a stack, their addresses with the stack's in front.
fn within(label: &str, diags: Diags) -> Diags {
    let mut out = Diags::new();
    for one in diags {
        let address = match &one.address {
            Some(own) if &**own != label => format!("{label}//{own}"),
            _ => label.to_owned(),
        };
        out.push(one.about(address));
    }
    out
}

fn moved(label: &str) -> Diagnostic {
    Diagnostic::error("plan-stale", "The plan is stale")
        .detail("The stack's state has moved since the plan was made. Nothing of it was touched.")
        .remedy("Plan again, look at the new plan, and apply that.")
        .about(label)
}

fn blocked(run: Run<'_>, index: InstanceIdx, before: InstanceIdx) -> Diagnostic {
    let (own, other) = (&run.graph.instance(index).addr, &run.graph.instance(before).addr);
    Diagnostic::error("stack-blocked", format!("`{own}` was not applied"))
        .detail(format!("`{other}`, which goes before it, failed. Nothing of it was touched."))
        .remedy("Mend the other stack, then plan and apply again: what is done stays done.")
        .about(own.to_string())
}
