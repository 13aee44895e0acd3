//! What the process after a crash does: resolve what is in doubt, plan again, apply, and look whether all is well.
//!
//! Invariant: a create in doubt is resolved by what the cloud has, as a person would who looks there, and by nothing else.

use std::sync::Arc;
use std::time::Duration;

use addr::{Mode, StackAddr};
use diag::{Diagnostic, Diags};
use run::lease::Held;
use sim::Existing;
use sim::explore::{Finding, Known, Resolved, compare};
use state::journal::{Action, InDoubt, OpRef, Outcome, RunId};
use store::{Loaded, StackKey, Store};

use super::super::steps;
use super::One;
use crate::commands::estate::Opened;
use crate::session::Session;

/// Recovers; tells what was in doubt and what is wrong afterwards. Errors of the recovery are findings.
pub(super) async fn recover(
    session: &mut Session<'_>,
    one: &mut One,
) -> Option<(Resolved, Vec<Finding>)> {
    let mut resolved = Resolved::default();
    let findings = match resolve(session, one.estate(), &one.stack, &mut resolved).await {
        Err(said) => vec![failed(&said)],
        Ok(()) => settled(session, one).await,
    };
    if one.opened.is_none() {
        one.open(session)?;
    }
    Some((resolved, findings))
}

/// Resolves what is in doubt.
async fn resolve(
    session: &Session<'_>,
    opened: &Opened,
    stack: &StackAddr,
    resolved: &mut Resolved,
) -> Result<(), Diags> {
    let store: Arc<dyn Store> = opened.store.clone();
    let key = StackKey::from(stack);
    let label = stack.to_string();
    let load = |error| one(run::failure::load(&label, &error));
    let peeked = store.peek(&key).map_err(load)?;
    if peeked.in_doubt.is_empty() {
        return Ok(());
    }
    let request = run::lease::request(session.context.host, "state-resolve");
    let held = Held::take(store.clone(), &key, request, Duration::ZERO).await;
    let held = held.map_err(one)?;
    let told = told(session, opened, stack, &held, resolved).await;
    held.release().await;
    told
}

async fn told(
    session: &Session<'_>,
    opened: &Opened,
    stack: &StackAddr,
    held: &Held,
    resolved: &mut Resolved,
) -> Result<(), Diags> {
    let store: Arc<dyn Store> = opened.store.clone();
    let label = stack.to_string();
    let loaded = store.load(held.lease());
    let loaded = loaded.map_err(|error| one(run::failure::load(&label, &error)))?;
    let known = known(&loaded);
    let mut outcomes: Vec<(OpRef, Outcome)> = Vec::new();
    for doubt in &loaded.in_doubt {
        if doubt.begin.action != Action::Create {
            resolved.by_reading += 1;
            continue;
        }
        let outcome = match unknown_object(session, stack, doubt, &known) {
            Some(id) => {
                resolved.exists += 1;
                exists(session, opened, stack, &loaded, doubt, &id).await?
            }
            None => {
                resolved.absent += 1;
                Outcome::Gone
            }
        };
        outcomes.push((doubt.op(), outcome));
    }
    if outcomes.is_empty() {
        return Ok(());
    }
    let run = RunId::new(run::estate::new_plan_id(session.random_bits()));
    let settled = run::resolve::settle(&store, held, &label, run, outcomes).await;
    settled.map(drop).map_err(one)
}

/// The id of the object that the cloud has for a create in doubt and the state does not know.
fn unknown_object(
    session: &Session<'_>,
    stack: &StackAddr,
    doubt: &InDoubt,
    known: &[Known],
) -> Option<Arc<str>> {
    let address = doubt.begin.at.instance.to_string();
    let of_address = existing(session, stack).into_iter().filter(|one| *one.address == *address);
    let mut ids = of_address.filter_map(|one| one.id);
    // By address, too: a bucket's policy has the id of the bucket.
    let is_known = |id: &Arc<str>| {
        known.iter().any(|one| *one.address == *address && one.id.as_ref() == Some(id))
    };
    ids.find(|id| !is_known(id))
}

async fn exists(
    session: &Session<'_>,
    opened: &Opened,
    stack: &StackAddr,
    loaded: &Loaded,
    doubt: &InDoubt,
    id: &str,
) -> Result<Outcome, Diags> {
    let index = opened.graph().find(stack).expect("BUG: the stack is in its graph");
    let supposed = run::resolve::supposing(loaded, doubt);
    let (own, variables) = run::estate::single(opened.run(session), index, &supposed).await?;
    let looked = run::resolve::look(&own, &session.shared, loaded, doubt, id, variables).await?;
    Ok(Outcome::Object(looked.row))
}

/// Plans again, applies, plans once more, and compares.
async fn settled(session: &mut Session<'_>, one: &mut One) -> Vec<Finding> {
    let Some(changes) = applied_again(session, one).await else {
        let said = std::mem::take(&mut session.diags);
        return vec![failed(&said)];
    };
    let mut findings = Vec::new();
    if changes > 0 {
        findings.push(Finding::Unsettled { changes });
    }
    match one.estate().store.peek(&StackKey::from(&one.stack)) {
        Ok(loaded) => findings.extend(compare(&existing(session, &one.stack), &known(&loaded))),
        Err(error) => findings.push(Finding::Failed { said: error.to_string() }),
    }
    findings
}

/// Tells how many changes the plan afterwards has; `None` where the session has errors.
async fn applied_again(session: &mut Session<'_>, one: &mut One) -> Option<usize> {
    let again = steps::planned_in(session, one.opened.take()?, one.aim).await?;
    steps::approved(session, &again)?;
    steps::applied_past(session, &again, one.past()).await?;
    if session.failed() {
        return None;
    }
    let second = steps::planned_in(session, again.opened, one.aim).await?;
    let changes = second.plan.stacks.iter().filter(|stack| stack.plan.has_changes());
    let changes = changes.map(|stack| {
        let counts = stack.plan.counts();
        (counts.add + counts.change + counts.destroy + counts.forget).max(1)
    });
    let changes = changes.sum();
    one.opened = Some(second.opened);
    Some(changes)
}

/// What the cloud has of a stack.
fn existing(session: &Session<'_>, stack: &StackAddr) -> Vec<Existing> {
    let rehearsal = session.rehearsal.as_ref().expect("BUG: it is a rehearsal");
    let stack = stack.to_string();
    rehearsal.cloud.existing().into_iter().filter(|one| *one.stack == *stack).collect()
}

/// What a state has of the cloud: what is built in is not in it.
fn known(loaded: &Loaded) -> Vec<Known> {
    let rows = loaded.state.rows().filter(|(at, row)| {
        at.instance.resource.mode == Mode::Managed && !row.provider.config.provider.is_builtin()
    });
    rows.map(|(at, row)| {
        let attributes = row.object.attributes.as_json();
        let json = attributes.and_then(|text| serde_json::from_slice(text).ok());
        let json: serde_json::Value = json.unwrap_or_default();
        Known { address: at.instance.to_string().into(), id: json["id"].as_str().map(Arc::from) }
    })
    .collect()
}

fn failed(said: &Diags) -> Finding {
    let first = said.iter().find(|one| one.is_error());
    let said = first.map_or_else(
        || "no reason was given".to_owned(),
        |one| format!("{} ({})", one.summary, one.code.0),
    );
    Finding::Failed { said }
}

fn one(diagnostic: Diagnostic) -> Diags {
    let mut diags = Diags::new();
    diags.push(diagnostic);
    diags
}
