//! Applying the plans of an environment's stacks: leads up, trails down, each stack planned again with real values first.
//!
//! Who goes when is the [`Run`](engine::run::Run) machine's; what an ask of it means for a stack is [`turn`]'s.
//!
//! Invariants: nothing of a stack is touched before its new plan was found to refine the approved one, under the lease that the
//! apply then holds until its trail is over; before the first call of the run, the bases of all its stacks were checked.

mod again;
mod before;
mod graph;
mod keep;
mod moves;
mod tell;
mod turn;

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use addr::StackAddr;
use diag::{Diagnostic, Diags};
use engine::run::{Ask, RunProgress, StackEnd, StackId, Told, ended_well};
use estate::Instance;
use futures_util::stream::{FuturesUnordered, StreamExt as _};
use plan::{Counts, Plan};
use store::{LockRequest, StoredRun};

use self::graph::Stacks;
use self::turn::{Below, Turn};
use super::environment::{EnvironmentPlan, Run};
use super::published::{self, Behind, Outputs};
use super::record::{Progress, Recorder};
use crate::events::{Ended, Event, EventKind, Phase};

/// Who judges a later plan of a stack before any call of it; given the stack's address. What it reports stops the stack.
pub type Again = Arc<dyn Fn(&StackAddr, &Plan) -> Result<(), Diags> + Send + Sync>;

/// Nobody judges later plans but the check that they refine the approved ones.
pub fn nothing_again() -> Again {
    Arc::new(|_, _| Ok(()))
}

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
    /// Who judges each stack's plan again.
    pub again: Again,
    /// Objects that may go though others read outputs that derive from them: `ENV/STACK//ADDRESS`.
    pub allow_breaks: BTreeSet<String>,
    /// How far an earlier command came with this run; `None` where this is the first.
    pub resumed: Option<Progress>,
}

/// What came of one stack.
#[derive(Debug)]
pub struct StackApplied {
    /// Its address.
    pub address: String,
    /// Objects added, changed, destroyed.
    pub done: Counts,
    /// Whether it went as planned.
    pub ended: Ended,
    /// How it came out of the run.
    pub end: StackEnd,
    /// What its last plan left for later, as addresses and patterns.
    pub deferred: Vec<String>,
    /// How long it took, waiting for other stacks not counted.
    pub took: Duration,
}

/// What came of all.
#[derive(Debug, Default)]
pub struct EstateApplied {
    /// In the order in which they were applied, those that were never begun among them.
    pub stacks: Vec<StackApplied>,
    /// Errors and warnings.
    pub diags: Diags,
    /// Whether everything went as planned; what is deferred is no failure.
    pub complete: bool,
}

/// Applies the approved plans.
pub async fn apply(run: Run<'_>, approved: &EnvironmentPlan, applying: &Applying) -> EstateApplied {
    let tell = |kind| run.shared.events.event(Event { stack: String::new(), kind });
    let touched = approved.stacks.iter().filter(|stack| stack.is_touched());
    let stacks = touched.map(|stack| run.member(stack.index)).collect();
    tell(EventKind::RunBegan { phase: Phase::Apply, stacks });
    let applied = match checked(run, approved, applying).await {
        Ok(applied) => applied,
        Err(diags) => EstateApplied { diags, ..EstateApplied::default() },
    };
    tell(EventKind::RunEnded);
    applied
}

/// Checks all that has to hold before the first call, gives stacks their new names, and goes.
async fn checked(
    run: Run<'_>,
    approved: &EnvironmentPlan,
    applying: &Applying,
) -> Result<EstateApplied, Diags> {
    before::check(run, approved, applying)?;
    moves::carry_out(run, approved, applying).await?;
    // From here on every stack is stored under the name that the file has for it.
    let standing = run.standing.after_moves();
    let run = Run { standing: &standing, ..run };
    Ok(prepared(run, approved, applying)?.into_applied().await)
}

/// A run of which nothing was asked yet.
fn prepared<'r>(
    run: Run<'r>,
    approved: &'r EnvironmentPlan,
    applying: &'r Applying,
) -> Result<UnderWay<'r>, Diags> {
    let stacks = Stacks::of(run, approved).map_err(tell::one)?;
    let head = StoredRun {
        id: applying.plan_id.as_str().into(),
        environment: run.file.estate[run.graph.environment].name.node.clone(),
        plan: applying.plan_id.as_str().into(),
        at_ms: (applying.now_ms)(),
        body: Vec::new(),
    };
    let known = applying.resumed.clone().unwrap_or_default();
    let recorder = Arc::new(Recorder::new(head, known));
    let outputs = all_published(run, stacks.behind()).map_err(tell::one)?;
    let machine = engine::run::Run::new(&stacks.input(run));
    let turn = |(at, wired): (usize, &BTreeSet<Arc<str>>)| {
        let wired = wired.iter().cloned().collect();
        let shared = turn::Common { applying, recorder: recorder.clone() };
        Turn::new(run, stacks.ids[at], shared, stacks.plan(at), wired)
    };
    let turns = stacks.wired.iter().enumerate().map(|one| Some(turn(one))).collect();
    Ok(UnderWay { run, machine, turns, outputs, deferring: BTreeMap::new(), diags: Diags::new() })
}

/// The published outputs of every stack of the environment, and of those of others that they read.
fn all_published(run: Run<'_>, behind: Behind) -> Result<BTreeMap<StackAddr, Outputs>, Diagnostic> {
    let instances = run.graph.order.iter().chain(&run.graph.outside);
    let own = |one: &Instance| Ok((one.addr.clone(), published::outputs(run, one, behind)?));
    instances.map(own).collect()
}

/// A run on its way.
struct UnderWay<'r> {
    run: Run<'r>,
    machine: engine::run::Run,
    /// A stack's turn, where nothing is asked of it.
    turns: Vec<Option<Turn<'r>>>,
    outputs: BTreeMap<StackAddr, Outputs>,
    /// Stacks of which something is deferred.
    deferring: BTreeMap<StackAddr, StackId>,
    diags: Diags,
}

/// A turn that is busy with an ask.
type Busy<'r> = Pin<Box<dyn Future<Output = (Turn<'r>, Told)> + 'r>>;

impl<'r> UnderWay<'r> {
    async fn into_applied(mut self) -> EstateApplied {
        let mut busy: FuturesUnordered<Busy<'r>> = FuturesUnordered::new();
        let mut interrupts = self.run.shared.interrupts.clone();
        let mut asks = Vec::new();
        loop {
            let progress = self.machine.advance(&mut asks);
            for (stack, ask) in asks.drain(..) {
                let future = self.carry_out(stack, ask);
                busy.push(future);
            }
            if progress == RunProgress::Done {
                break;
            }
            tokio::select! {
                biased;
                _ = interrupts.next() => self.machine.stop(),
                Some((turn, told)) = busy.next() => self.told(turn, told),
            }
        }
        self.finish()
    }

    fn carry_out(&mut self, stack: StackId, ask: Ask) -> Busy<'r> {
        let turn = self.turns[stack.at()].take().expect("BUG: a stack is asked twice at a time");
        match ask {
            Ask::Plan { round } => {
                let below = self.below(&turn);
                Box::pin(turn.plan(round, below))
            }
            Ask::Lead => Box::pin(turn.lead()),
            Ask::Trail => Box::pin(turn.trail()),
            Ask::Close(rest) => Box::pin(turn.close(rest)),
            Ask::Forget => Box::pin(turn.forget()),
        }
    }

    /// What a stack finds below it now.
    fn below(&self, turn: &Turn<'_>) -> Below {
        let mut below = Below::default();
        for wire in &self.run.graph.instance(turn.index()).wires {
            if let Some(outputs) = self.outputs.get(&wire.from) {
                below.outputs.insert(wire.from.clone(), outputs.clone());
            }
            if let Some(stack) = self.deferring.get(&wire.from) {
                below.deferring.insert(wire.from.clone(), *stack);
            }
        }
        below
    }

    fn told(&mut self, mut turn: Turn<'r>, told: Told) {
        let own = &self.run.graph.instance(turn.index()).addr;
        if let Some(outputs) = turn.take_outputs() {
            self.outputs.insert(own.clone(), outputs);
        }
        let stack = turn.id();
        match turn.is_deferring() {
            true => drop(self.deferring.insert(own.clone(), stack)),
            false => drop(self.deferring.remove(own)),
        }
        self.turns[stack.at()] = Some(turn);
        self.machine.answer(stack, told);
    }

    fn finish(self) -> EstateApplied {
        let ends = self.machine.finish();
        let mut applied = EstateApplied {
            complete: true,
            diags: self.diags,
            stacks: Vec::with_capacity(ends.len()),
        };
        let turns: Vec<Turn<'_>> = self.turns.into_iter().flatten().collect();
        let name = |stack: StackId| turns[stack.at()].address().to_string();
        for (turn, end) in turns.iter().zip(&ends) {
            let came = if ended_well(&ends, turn.id()) { Ended::Well } else { Ended::Badly };
            if let Some(told) = tell::outcome(&turn.address().to_string(), *end, came, &name) {
                applied.diags.push(told);
            }
        }
        for (turn, end) in turns.into_iter().zip(ends.iter().copied()) {
            let doubts = turn.in_doubt();
            if !doubts.is_empty() {
                applied.diags.push(tell::in_doubt(&turn.address().to_string(), &doubts));
            }
            let well = ended_well(&ends, turn.id()) && doubts.is_empty();
            let ended = if well { Ended::Well } else { Ended::Badly };
            applied.complete &= well;
            let address = turn.address().to_string();
            let (done, took, deferred, diags) = turn.came_to();
            applied.diags.extend(diags);
            applied.stacks.push(StackApplied { address, done, ended, end, deferred, took });
        }
        applied
    }
}
