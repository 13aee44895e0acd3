//! What `moved` and `removed` blocks ask of the store: stacks get their new names, others are forgotten.
//!
//! Invariant: each is done under the leases of all addresses that it touches, upon the state that was planned upon, and is
//! recorded.

use std::sync::Arc;

use addr::StackAddr;
use diag::Diags;
use store::{Event as StoreEvent, StackKey, Store};

use super::super::environment::{EnvironmentPlan, ForgottenStack, MovedInstance, Run};
use super::{Applying, tell};
use crate::lease::Held;
use crate::stack;

/// Does what the plan says is moved and forgotten.
///
/// # Errors
/// Where a lease is held by somebody else, a state has moved, or the store fails; what came before is done.
pub(super) async fn carry_out(
    run: Run<'_>,
    approved: &EnvironmentPlan,
    applying: &Applying,
) -> Result<(), Diags> {
    for moved in &approved.moved {
        rename(run, moved, applying).await?;
    }
    for forgotten in &approved.forgotten {
        forget(run, forgotten, applying).await?;
    }
    Ok(())
}

async fn take(run: Run<'_>, stack: &StackAddr, applying: &Applying) -> Result<Held, Diags> {
    let store: Arc<dyn Store> = run.store.clone();
    let key = StackKey::from(stack);
    let taken = Held::take(store, &key, applying.request.clone(), applying.patience);
    taken.await.map_err(tell::one)
}

async fn rename(run: Run<'_>, moved: &MovedInstance, applying: &Applying) -> Result<(), Diags> {
    let from = take(run, &moved.from, applying).await?;
    let to = match take(run, &moved.to, applying).await {
        Ok(to) => to,
        Err(diags) => {
            from.release().await;
            return Err(diags);
        }
    };
    let label = moved.from.to_string();
    // Folded first where a run has left its journal open.
    let loaded = run.store.load(from.lease());
    let renamed = loaded.map_err(|error| crate::failure::load(&label, &error)).and_then(|_| {
        let renamed = run.store.rename_stack(from.lease(), to.lease());
        renamed.map_err(|error| crate::failure::write(&label, &error))
    });
    from.release().await;
    to.release().await;
    renamed.map_err(tell::one)?;
    record(run, applying, &moved.to, "stack-moved", format!("from {}", moved.from))
}

async fn forget(run: Run<'_>, one: &ForgottenStack, applying: &Applying) -> Result<(), Diags> {
    let held = take(run, &one.address, applying).await?;
    let label = one.address.to_string();
    let loaded = run.store.load(held.lease());
    let done = loaded.map_err(|error| crate::failure::load(&label, &error)).and_then(|loaded| {
        if stack::base(&loaded) != one.plan.base {
            return Err(tell::moved(&label));
        }
        let forgotten = run.store.forget_stack(held.lease());
        forgotten.map_err(|error| crate::failure::write(&label, &error))
    });
    held.release().await;
    done.map_err(tell::one)?;
    let objects: Vec<String> =
        one.plan.changes.iter().map(|change| change.address.to_string()).collect();
    record(run, applying, &one.address, "forget", format!("forgotten: {}", objects.join(", ")))
}

fn record(
    run: Run<'_>,
    applying: &Applying,
    stack: &StackAddr,
    what: &str,
    detail: String,
) -> Result<(), Diags> {
    let event = StoreEvent::new((applying.now_ms)(), applying.request.author(), what);
    let event = event.of_stack(stack.to_string()).under(applying.plan_id.as_str());
    let recorded = run.store.record(&event.saying(detail)).map(drop);
    recorded.map_err(|error| tell::one(crate::failure::port(&stack.to_string(), &error)))
}
