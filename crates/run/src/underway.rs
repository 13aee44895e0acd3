//! An apply on its way: one lease, one journal and one world over its lead, the pause in which its readers run, and its
//! trail.
//!
//! Who goes when is not decided here. Invariant: the journal is closed only after the applier is over; where lease or
//! journal was lost, nothing is done any more, and the next load folds what the journal has.

use std::sync::Arc;

use addr::ResourceInstance;
use diag::Diagnostic;
use engine::{Applier, ApplyInput, ApplyOutcome, Progress, Stop, Wired};
use plan::{Deferred, DeferredReason, Plan, Refresh};
use state::journal::{Action, Entry, Outcome, RunId};
use store::{Journal, JournalFailure, Loaded, Opening, Store};
use value::Value;

use crate::drive::{self, ApplyFailure};
use crate::interrupt::Interrupts;
use crate::lease::Held;
use crate::stack::{Applied, Shared, Stack, blocking, fits, in_doubt, world};
use crate::world::StackWorld;

/// An apply whose journal is open.
pub(crate) struct Underway {
    stack: Stack,
    applier: Applier,
    journal: Journal,
    world: StackWorld,
    parallelism: usize,
    interrupts: Interrupts,
}

/// Where a part of an apply came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reached {
    /// The lead is over, and a trail is left.
    LeadOver,
    /// All is over.
    Done,
}

impl Underway {
    /// Opens the journal of an apply. `wired` is what others read; where that is nothing the lead is everything.
    ///
    /// # Errors
    /// Where the plan does not fit what is there, something is in doubt, or the identity to apply under cannot be had;
    /// nothing was touched then.
    pub(crate) async fn begin(
        stack: &Stack,
        shared: &Shared,
        store: &Arc<dyn Store>,
        held: &Held,
        plan: Arc<Plan>,
        run: RunId,
        wired: Wired,
    ) -> Result<Underway, Diagnostic> {
        let before = blocking(store, held, |store, lease| store.load(lease)).await;
        let before = before.map_err(|e| crate::failure::load(&stack.label, &e))?;
        fits(stack, &before, &plan)?;
        if let Some(diagnostic) = in_doubt(stack, &before, plan.options.mode) {
            return Err(diagnostic);
        }
        let stack = &stack.to_apply().await?;
        let opening = Opening {
            run: run.clone(),
            plan: plan::format::digest(&plan),
            lineage: Some(plan.base.lineage.clone()).filter(|lineage| !lineage.is_empty()),
        };
        let journal =
            blocking(store, held, move |store, lease| store.open_journal(lease, &opening)).await;
        let journal = journal.map_err(|e| crate::failure::write(&stack.label, &e))?;
        resolve_by_reading(&journal, &before, &plan)
            .map_err(|failure| crate::failure::journal(&stack.label, &failure))?;
        let world = world(stack, shared, plan.time_s, held.lost());
        let applier = Applier::new(ApplyInput {
            config: stack.loaded.config.clone(),
            schemas: stack.schemas.clone(),
            state: Arc::new(before.state.clone()),
            plan,
            run,
            next_seq: journal.last().next(),
            parallelism: shared.parallelism,
            ephemeral: Vec::new(),
            workspace: crate::stack::WORKSPACE.into(),
            cwd: stack.dir.display().to_string().into(),
            wired,
        });
        Ok(Underway {
            stack: stack.clone(),
            applier,
            journal,
            world,
            parallelism: shared.parallelism,
            interrupts: shared.interrupts.clone(),
        })
    }

    /// Drives the apply until its lead is over, or until all is where nothing is left for a trail.
    ///
    /// # Errors
    /// Where the lease or the journal was lost: then [`lost`](Self::lost) is all that is left to do.
    pub(crate) async fn go(&mut self) -> Result<Reached, ApplyFailure> {
        let Underway { applier, journal, world, parallelism, interrupts, .. } = self;
        match drive::apply(applier, journal, world, *parallelism, interrupts).await? {
            Progress::LeadOver => Ok(Reached::LeadOver),
            Progress::Done => Ok(Reached::Done),
            Progress::Waiting => unreachable!("BUG: a driver returns while its machine waits"),
        }
    }

    /// Carries out the trail.
    ///
    /// # Errors
    /// As [`go`](Self::go).
    pub(crate) async fn trail(&mut self) -> Result<Reached, ApplyFailure> {
        self.applier.begin_trail();
        self.go().await
    }

    /// Leaves what is not carried out yet.
    ///
    /// # Errors
    /// As [`go`](Self::go).
    pub(crate) async fn leave(&mut self) -> Result<Reached, ApplyFailure> {
        self.applier.stop(Stop::BeginNothing);
        self.go().await
    }

    /// Whether something of it failed.
    pub(crate) fn has_failed(&self) -> bool {
        self.applier.has_failed()
    }

    /// Whether all of it was carried out.
    pub(crate) fn is_whole(&self) -> bool {
        self.applier.is_whole()
    }

    /// Outputs by name, as far as they are there.
    pub(crate) fn outputs(&self) -> Vec<(Arc<str>, Value)> {
        self.applier.lead_outputs()
    }

    /// Gives up its processes and puts the folded state in place.
    ///
    /// # Errors
    /// Where the store failed or the lease was lost; the next load folds the journal.
    pub(crate) async fn close(
        self,
        store: &Arc<dyn Store>,
        held: &Held,
    ) -> Result<Applied, (ApplyOutcome, Diagnostic)> {
        let Underway { stack, applier, journal, world, .. } = self;
        world.close().await;
        let outcome = applier.finish();
        let closed =
            blocking(store, held, move |store, lease| store.close_journal(lease, journal)).await;
        match closed {
            Ok(loaded) => Ok(Applied { outcome, loaded }),
            Err(error) => Err((outcome, crate::failure::write(&stack.label, &error))),
        }
    }

    /// Gives up its processes after its lease or its journal was lost; tells what it came to, and why.
    pub(crate) async fn lost(self, failure: &ApplyFailure) -> ApplyOutcome {
        self.world.close().await;
        let mut outcome = self.applier.finish();
        outcome.diags.push(broken(&self.stack, failure));
        outcome
    }
}

/// Updates and deletes in doubt resolve themselves: the plan's refresh has read each object again (ENGINE §10).
fn resolve_by_reading(
    journal: &Journal,
    before: &Loaded,
    plan: &Plan,
) -> Result<(), JournalFailure> {
    if plan.options.refresh == Refresh::No {
        return Ok(());
    }
    let left = |at: &ResourceInstance| {
        let doubtful = |one: &&Deferred| one.reason == DeferredReason::InDoubt;
        plan.deferred.iter().filter(doubtful).any(|one| one.what.covers(at))
    };
    let resolved = before
        .in_doubt
        .iter()
        .filter(|doubt| doubt.begin.action != Action::Create && !left(&doubt.begin.at.instance));
    let entries: Vec<Entry> = resolved
        .map(|doubt| {
            let found = plan.prior.row(&doubt.begin.at);
            let outcome = Box::new(found.map_or(Outcome::Gone, Outcome::Object));
            Entry::Resolved { op: doubt.op(), outcome }
        })
        .collect();
    if entries.is_empty() { Ok(()) } else { journal.append(entries).map(drop) }
}

fn broken(stack: &Stack, failure: &ApplyFailure) -> Diagnostic {
    match failure {
        ApplyFailure::Journal(failure) => crate::failure::journal(&stack.label, failure),
        ApplyFailure::LeaseLost => Diagnostic::error("lease-lost", "The lease was lost")
            .detail("Somebody took it over, or the store did not answer in time. No new call was begun.")
            .remedy("Find out who holds it now (strata lock show), then plan again.")
            .about(stack.label.clone()),
    }
}
