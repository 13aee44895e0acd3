//! One stack's turn in a run: what each ask of the machine means for it.
//!
//! Invariant: the lease is held from the plan of a round to its close, and given back on every way out.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use addr::StackAddr;
use diag::Diags;
use engine::run::{Rest, StackId, Told};
use engine::{Earlier, GivenVariable, Wired};
use estate::{Instance, InstanceIdx};
use plan::{Counts, Plan};
use state::journal::RunId;
use store::Store;
use value::Marks;

use super::super::breaks;
use super::super::environment::{Run, StackPlan};
use super::super::published::Outputs;
use super::super::record::{Came, Recorder};
use super::{Applying, again, tell};
use crate::drive::ApplyFailure;
use crate::events::{Ended, Event, EventKind, Phase};
use crate::lease::Held;
use crate::mask::Mask;
use crate::stack::Stack;
use crate::underway::{Reached, Underway};

/// What a stack finds below it.
#[derive(Default)]
pub(super) struct Below {
    /// The outputs of the stacks that it reads.
    pub(super) outputs: BTreeMap<StackAddr, Outputs>,
    /// Those of the run in which something is deferred, so that not all of their outputs are known.
    pub(super) deferring: BTreeMap<StackAddr, StackId>,
}

/// What all turns of a run share.
pub(super) struct Common<'r> {
    pub(super) applying: &'r Applying,
    pub(super) recorder: Arc<Recorder>,
}

/// A stack's turn.
pub(super) struct Turn<'r> {
    pub(super) run: Run<'r>,
    id: StackId,
    pub(super) applying: &'r Applying,
    recorder: Arc<Recorder>,
    pub(super) approved: &'r StackPlan,
    /// Outputs that others of the run read.
    wired: Vec<Arc<str>>,
    held: Option<Held>,
    ready: Option<Ready>,
    underway: Option<Underway>,
    /// The serial with which an earlier round closed.
    pub(super) closed: Option<u64>,
    outputs: Option<Outputs>,
    done: Counts,
    deferred: Vec<String>,
    diags: Diags,
    took: Duration,
}

/// A plan that may be carried out.
pub(super) struct Ready {
    pub(super) own: Stack,
    pub(super) later: Arc<Plan>,
    pub(super) given: Vec<GivenVariable>,
    pub(super) serial: u64,
}

impl<'r> Turn<'r> {
    /// A turn that has not come yet.
    pub(super) fn new(
        run: Run<'r>,
        id: StackId,
        common: Common<'r>,
        approved: &'r StackPlan,
        wired: Vec<Arc<str>>,
    ) -> Turn<'r> {
        let Common { applying, recorder } = common;
        Turn {
            run,
            id,
            applying,
            recorder,
            approved,
            wired,
            held: None,
            ready: None,
            underway: None,
            closed: None,
            outputs: None,
            done: Counts::default(),
            deferred: Vec::new(),
            diags: Diags::new(),
            took: Duration::ZERO,
        }
    }

    /// Whether something of it is left for later.
    pub(super) fn is_deferring(&self) -> bool {
        !self.deferred.is_empty()
    }

    /// Of what nobody knows whether it exists.
    pub(super) fn in_doubt(&self) -> Vec<String> {
        let deferred = self.ready.iter().flat_map(|ready| &ready.later.deferred);
        let doubts = deferred.filter(|one| one.reason == plan::DeferredReason::InDoubt);
        doubts.map(|one| one.what.to_string()).collect()
    }

    pub(super) fn recorder(&self) -> &Recorder {
        &self.recorder
    }

    pub(super) fn id(&self) -> StackId {
        self.id
    }

    pub(super) fn index(&self) -> InstanceIdx {
        self.approved.index
    }

    pub(super) fn address(&self) -> &StackAddr {
        &self.approved.address
    }

    pub(super) fn instance(&self) -> &'r Instance {
        self.run.graph.instance(self.approved.index)
    }

    /// What others of the run have of it. Where an earlier command was stopped, it may have given new outputs already.
    pub(super) fn wired(&self) -> Wired {
        let earlier = match self.applying.resumed {
            Some(_) => Earlier::Undone,
            None if self.wired.is_empty() => Earlier::Whole,
            None => breaks::earlier(self.run, &self.approved.address),
        };
        Wired { outputs: self.wired.clone(), earlier }
    }

    /// What others read of it from now on.
    pub(super) fn publish(&mut self, outputs: Outputs) {
        self.outputs = Some(outputs);
    }

    /// Outputs that came about since they were last taken.
    pub(super) fn take_outputs(&mut self) -> Option<Outputs> {
        self.outputs.take()
    }

    /// What was done, how long it took, what is deferred, and what was said.
    pub(super) fn came_to(self) -> (Counts, Duration, Vec<String>, Diags) {
        (self.done, self.took, self.deferred, self.diags)
    }

    /// Plans the stack again under its lease, and judges that plan.
    pub(super) async fn plan(mut self, round: u32, below: Below) -> (Self, Told) {
        let begun = Instant::now();
        if round == 1 && self.approved.is_touched() {
            self.tell(EventKind::StackBegan(Phase::Apply));
        }
        let told = match again::plan(&mut self, &below).await {
            Ok(told) => told,
            // What an interrupt broke off was not refused.
            Err(_) if self.run.shared.interrupts.asked() => Told::CutShort,
            Err(diags) => self.failed(diags, Told::Refused),
        };
        self.took += begun.elapsed();
        if told != Told::Planned {
            self.over(if told == Told::Refused { Ended::Badly } else { Ended::Well }).await;
        }
        (self, told)
    }

    /// Carries out the lead.
    pub(super) async fn lead(mut self) -> (Self, Told) {
        let begun = Instant::now();
        let told = match self.begin().await {
            Ok(underway) => self.led(underway).await,
            Err(diags) => self.failed(diags, Told::LeadFailed),
        };
        self.took += begun.elapsed();
        (self, told)
    }

    async fn begin(&mut self) -> Result<Underway, Diags> {
        let (held, ready) = self.prepared();
        self.came(Came::Begun { serial: ready.serial })?;
        let store: Arc<dyn Store> = self.run.store.clone();
        let id = RunId::new(self.applying.plan_id.as_str());
        let (own, shared) = (&ready.own, self.run.shared);
        let plan = ready.later.clone();
        let begun = Underway::begin(own, shared, &store, held, plan, id, self.wired()).await;
        begun.map_err(tell::one)
    }

    async fn led(&mut self, underway: Underway) -> Told {
        match self.drive(underway, Part::Lead).await {
            None => Told::Broke,
            Some((_, true, _)) => Told::LeadFailed,
            Some((Reached::Done, _, false)) => Told::CutShort,
            Some((reached, ..)) => {
                self.publish_lead();
                let deferred = !self.prepared().1.later.deferred.is_empty();
                Told::LeadOver { trail: reached == Reached::LeadOver, deferred }
            }
        }
    }

    /// The outputs of the lead, as others read them. What waits for the trail is not known yet.
    fn publish_lead(&mut self) {
        let Some(underway) = &self.underway else { return };
        let declared = &self.run.checked.module(self.instance()).interface.outputs;
        let marked = |(name, value): (Arc<str>, value::Value)| {
            let sensitive = declared.get(&name).is_some_and(|output| output.sensitive);
            (name, if sensitive { value.with_marks(Marks::SENSITIVE) } else { value })
        };
        self.outputs = Some(underway.outputs().into_iter().map(marked).collect());
    }

    /// Carries out the trail.
    pub(super) async fn trail(mut self) -> (Self, Told) {
        let begun = Instant::now();
        let underway = self.underway.take().expect("BUG: a trail without a lead");
        let told = match self.drive(underway, Part::Trail).await {
            None => Told::Broke,
            Some((_, true, _)) => Told::TrailFailed,
            Some((_, _, false)) if self.run.shared.interrupts.asked() => Told::CutShort,
            // What it left waits for outputs that are left for later.
            Some(_) => Told::TrailOver,
        };
        self.took += begun.elapsed();
        (self, told)
    }

    /// Drives a part of the apply: where it came to, whether it failed, whether it is whole. `None` where lease or journal
    /// was lost, after which nothing is left to do.
    async fn drive(&mut self, underway: Underway, part: Part) -> Option<(Reached, bool, bool)> {
        let (underway, reached) = driven(underway, part).await;
        match reached {
            Ok(reached) => {
                let came = (reached, underway.has_failed(), underway.is_whole());
                self.underway = Some(underway);
                Some(came)
            }
            Err(failure) => {
                let outcome = underway.lost(&failure).await;
                self.add(&outcome.done);
                self.failed(outcome.diags, Told::Broke);
                self.over(Ended::Badly).await;
                None
            }
        }
    }

    /// Puts the state in place and gives the lease back.
    pub(super) async fn close(mut self, rest: Rest) -> (Self, Told) {
        let begun = Instant::now();
        let told = self.closed(rest).await;
        self.took += begun.elapsed();
        let well = told == Told::Closed && !self.diags.has_errors();
        self.over(if well { Ended::Well } else { Ended::Badly }).await;
        (self, told)
    }

    async fn closed(&mut self, rest: Rest) -> Told {
        let Some(mut underway) = self.underway.take() else { return Told::Closed };
        if rest == Rest::Undone {
            if self.drive(underway, Part::Rest).await.is_none() {
                return Told::Broke;
            }
            underway = self.underway.take().expect("BUG: it was driven");
        }
        let whole = underway.is_whole();
        let store: Arc<dyn Store> = self.run.store.clone();
        let (held, ready) = self.prepared();
        let before = ready.serial;
        let applied = match underway.close(&store, held).await {
            Ok(applied) => applied,
            Err((outcome, why)) => {
                self.add(&outcome.done);
                self.failed(outcome.diags, Told::Broke);
                return self.failed(tell::one(why), Told::Broke);
            }
        };
        let serial = applied.loaded.state.serial;
        self.closed = Some(serial);
        self.add(&applied.outcome.done);
        // What was made meanwhile may be what the next object's provider quotes.
        let mut made = Mask::default();
        if !applied.outcome.diags.is_empty() {
            made.add_state(&applied.loaded.state, &self.approved.stack.schemas);
        }
        self.failed(made.over(applied.outcome.diags), Told::Closed);
        match self.keep(before, serial, &applied.outcome.done, whole) {
            Ok(()) => Told::Closed,
            Err(diags) => self.failed(diags, Told::Broke),
        }
    }

    /// Forgets what went with its host.
    pub(super) async fn forget(mut self) -> (Self, Told) {
        let begun = Instant::now();
        self.tell(EventKind::StackBegan(Phase::Apply));
        let told = match self.forgotten().await {
            Ok(()) => Told::Closed,
            Err(diags) => self.failed(diags, Told::Broke),
        };
        self.took += begun.elapsed();
        self.over(if told == Told::Closed { Ended::Well } else { Ended::Badly }).await;
        (self, told)
    }

    /// Takes the lease.
    pub(super) async fn take_lease(&mut self) -> Result<(), Diags> {
        let store: Arc<dyn Store> = self.run.store.clone();
        let key = store::StackKey::from(&self.approved.address);
        let Applying { request, patience, .. } = self.applying;
        let taken = Held::take(store, &key, request.clone(), *patience).await;
        self.held = Some(taken.map_err(tell::one)?);
        Ok(())
    }

    /// The lease, which is held.
    pub(super) fn lease(&self) -> &store::Lease {
        self.held.as_ref().expect("BUG: the lease is held").lease()
    }

    /// What may be carried out now.
    pub(super) fn set_ready(&mut self, ready: Ready) {
        self.deferred = ready.later.deferred.iter().map(|one| one.what.to_string()).collect();
        self.ready = Some(ready);
    }

    /// The lease, and what may be carried out.
    pub(super) fn prepared(&self) -> (&Held, &Ready) {
        let held = self.held.as_ref().expect("BUG: the lease is held");
        (held, self.ready.as_ref().expect("BUG: there is a plan"))
    }

    pub(super) fn label(&self) -> String {
        self.approved.address.to_string()
    }

    /// Adds what was said, with the stack in front.
    pub(super) fn failed(&mut self, diags: Diags, told: Told) -> Told {
        let diags = if diags.is_empty() { diags } else { self.mask().over(diags) };
        self.diags.extend(tell::within(&self.label(), diags));
        told
    }

    /// What is sensitive in what the stack is given, in its plans and in the state that they start from.
    fn mask(&self) -> Mask {
        let given = self.ready.as_ref().map_or(&[][..], |ready| &ready.given);
        let mut mask = Mask::of_variables(given);
        let later = self.ready.iter().map(|ready| (&ready.later, &ready.own.schemas));
        for (plan, schemas) in later.chain([(&self.approved.plan, &self.approved.stack.schemas)]) {
            mask.add_plan(plan);
            mask.add_state(&plan.prior, schemas);
        }
        mask
    }

    pub(super) fn add(&mut self, done: &Counts) {
        self.done.add += done.add;
        self.done.change += done.change;
        self.done.destroy += done.destroy;
        self.done.replace += done.replace;
        self.done.forget += done.forget;
    }

    /// Gives the lease back, and tells how the turn ended.
    async fn over(&mut self, ended: Ended) {
        if let Some(held) = self.held.take() {
            held.release().await;
        }
        if self.approved.is_touched() {
            let took = self.took;
            self.tell(EventKind::StackEnded { phase: Phase::Apply, ended, took });
        }
    }

    fn tell(&self, kind: EventKind) {
        self.run.shared.events.event(Event { stack: self.label(), kind });
    }
}

/// A part of an apply.
#[derive(Clone, Copy)]
enum Part {
    Lead,
    Trail,
    /// Nothing more than to end what has begun.
    Rest,
}

/// Drives on a thread of the runtime, beside other stacks.
async fn driven(mut underway: Underway, part: Part) -> (Underway, Result<Reached, ApplyFailure>) {
    let driving = tokio::spawn(async move {
        let reached = match part {
            Part::Lead => underway.go().await,
            Part::Trail => underway.trail().await,
            Part::Rest => underway.leave().await,
        };
        (underway, reached)
    });
    driving.await.expect("BUG: driving an apply panicked")
}
