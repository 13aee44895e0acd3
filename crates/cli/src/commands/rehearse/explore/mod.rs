//! `strata rehearse --explore crashes`: a crash at each durable step, and what the next run makes of it.
//!
//! The estate is made stack by stack over a disk in memory, one call at a time, by the commands of production. The disk
//! keeps what it held after each step; from each of these moments a new process recovers: it folds the journal, resolves
//! what is in doubt, plans the stack again and applies that. Then a second plan must be empty, and the cloud and the
//! state must have the same objects. A crash of one stack's run touches that stack alone, so that no other is planned.
//!
//! Invariant: between two moments nothing is left over of the first but what its disk held.

mod recover;

use std::sync::Arc;

use addr::StackAddr;
use diag::Diagnostic;
use sim::explore::{Afterlife, Explored, OfStack, Tried, Which, json, text};
use store::{EstateStore, MemoryDisk, MemoryStore, Moment};

use super::steps::{self, Aim};
use super::story::Story;
use super::environments;
use crate::args::{ChoiceArgs, RehearseArgs};
use crate::commands::estate::{Opened, open};
use crate::rehearsal;
use crate::session::Session;

/// Draws of a recovery are told apart from those of the run by this.
const SALT: u64 = 1 << 32;

/// Explores the environments that are rehearsed; errors are in the session.
pub(super) async fn explore(
    session: &mut Session<'_>,
    args: &RehearseArgs,
    which: Which,
    story: &mut Story,
) -> Option<()> {
    let seed = args.cloud.seed;
    let (disk, life) = (MemoryDisk::of_rehearsal(), Arc::new(Afterlife::new(seed)));
    let version = lang::TOFU_VERSION.into();
    let store: Arc<dyn EstateStore> =
        Arc::new(MemoryStore::over(disk.clone(), life.clone(), version));
    let file = rehearsal::file(session)?;
    rehearsal::begin_upon(session, &args.cloud, &file, store)?;
    session.shared.parallelism = 1;
    let order = environments::needed(session, args.env.as_deref())?;
    let mut explorer = Explorer { disk, life, which, seed, steps: 0 };
    let mut explored = Explored { seed, stacks: Vec::new() };
    for environment in &order.all {
        let whole = open(session, &[], &ChoiceArgs::of_environment(environment))?;
        let stacks = whole.graph().order.iter().map(|instance| instance.addr.clone());
        for stack in stacks.collect::<Vec<StackAddr>>() {
            explored.stacks.push(explorer.stack(session, &stack).await?);
        }
    }
    story.line(format!("Crashes of {}/{}, seed {seed}:", order.estate, order.target()));
    story.line(text(&explored));
    story.fact("explored", json(&explored));
    if !explored.is_well() {
        story.fails();
    }
    Some(())
}

/// What the exploration of stacks has in common.
struct Explorer {
    disk: MemoryDisk,
    life: Arc<Afterlife>,
    which: Which,
    seed: u64,
    /// Durable steps so far.
    steps: u64,
}

impl Explorer {
    /// Makes a stack, then crashes at its steps; the disk is afterwards as if there had been none.
    async fn stack(&mut self, session: &mut Session<'_>, stack: &StackAddr) -> Option<OfStack> {
        let mut opened = Some(opened(session, stack)?);
        self.disk.keep_history();
        self.made(session, &mut opened, stack).await?;
        let history = self.disk.take_history();
        let end = self.disk.moment();
        let mut tried = Vec::new();
        for moment in &history {
            self.steps += 1;
            if self.which.takes(self.seed, self.steps) {
                tried.push(self.crash(session, &mut opened, stack, moment).await?);
            }
        }
        self.disk.restore(&end);
        rehearsal::look_again(session)?;
        Some(OfStack { stack: stack.to_string().into(), steps: history.len() as u64, tried })
    }

    async fn made(
        &self,
        session: &mut Session<'_>,
        opened: &mut Option<Opened>,
        stack: &StackAddr,
    ) -> Option<()> {
        rehearsal::draw_from(session, self.seed, self.steps);
        let estate = opened.take().expect("BUG: the estate is open");
        let planned = steps::planned_in(session, estate, Aim::Kept).await?;
        steps::approved(session, &planned)?;
        let applied = steps::applied(session, &planned).await?;
        *opened = Some(planned.opened);
        let whole = if applied.complete { Ok(()) } else { Err(not_made(stack)) };
        session.heed(whole)
    }

    /// Goes back to a moment, dies there, and recovers.
    async fn crash(
        &self,
        session: &mut Session<'_>,
        opened: &mut Option<Opened>,
        stack: &StackAddr,
        moment: &Moment,
    ) -> Option<Tried> {
        self.disk.restore(moment);
        self.life.die();
        rehearsal::look_again(session)?;
        rehearsal::draw_from(session, self.seed, SALT + self.steps);
        let (resolved, findings) = recover::recover(session, opened, stack).await?;
        Some(Tried { step: self.steps, what: moment.what.clone(), resolved, findings })
    }
}

fn opened(session: &mut Session<'_>, stack: &StackAddr) -> Option<Opened> {
    let choice = ChoiceArgs::of_environment(&stack.environment);
    open(session, &[stack.to_string()], &choice)
}

fn not_made(stack: &StackAddr) -> Diagnostic {
    Diagnostic::error("explore-not-made", format!("{stack} cannot be made"))
        .detail("Its apply did not come to its end even without a crash.")
        .remedy("Rehearse it first: strata rehearse; leave --fault out.")
}
