//! `strata rehearse --explore crashes`: a crash at each durable step, and what the next run makes of it.
//!
//! The estate is made and then destroyed, stack by stack over a disk in memory, one call at a time, by the commands of
//! production. The disk keeps what it held after each step; from each of these moments a new process recovers: it folds the journal, resolves
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

use super::environments;
use super::steps::{self, Aim};
use super::story::Story;
use crate::args::{ChoiceArgs, RehearseArgs};
use crate::commands::estate::{Opened, open, open_to_destroy};
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
    // What is made here is meant to go again.
    session.rehearsal.as_mut()?.approve_data.push("*".to_owned());
    let order = environments::needed(session, args.env.as_deref())?;
    let mut explorer = Explorer { disk, life, which, seed, steps: 0 };
    let mut explored = Explored { seed, ..Explored::default() };
    let mut made = Vec::new();
    for environment in &order.all {
        let whole = open(session, &[], &ChoiceArgs::of_environment(environment))?;
        for stack in whole.graph().order.iter().map(|instance| instance.addr.clone()) {
            explored.stacks.push(explorer.stack(session, &stack, Aim::Kept).await?);
            made.push(stack);
        }
    }
    for stack in made.iter().rev() {
        let before = explorer.disk.moment();
        match explorer.stack(session, stack, Aim::Destroyed).await {
            Some(one) => explored.stacks.push(one),
            None => {
                let why = explorer.refused(session, &before)?;
                explored.kept.push((stack.to_string().into(), why));
            }
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
    /// Makes a stack or destroys it, then crashes at the steps of that; the disk is afterwards as if no crash had been.
    async fn stack(
        &mut self,
        session: &mut Session<'_>,
        stack: &StackAddr,
        aim: Aim,
    ) -> Option<OfStack> {
        let mut one = One { stack: stack.clone(), aim, opened: None };
        one.open(session)?;
        self.disk.keep_history();
        self.whole(session, &mut one).await?;
        let history = self.disk.take_history();
        let end = self.disk.moment();
        let mut tried = Vec::new();
        for moment in &history {
            self.steps += 1;
            if self.which.takes(self.seed, self.steps) {
                tried.push(self.crash(session, &mut one, moment).await?);
            }
        }
        self.disk.restore(&end);
        rehearsal::look_again(session)?;
        let stack = match aim {
            Aim::Kept => stack.to_string(),
            Aim::Destroyed => format!("{stack} destroyed"),
        };
        Some(OfStack { stack: stack.into(), steps: history.len() as u64, tried })
    }

    /// Why a stack is not destroyed: what guards it in production guards it here. All is as it was before.
    fn refused(&self, session: &mut Session<'_>, before: &Moment) -> Option<Arc<str>> {
        let said = std::mem::take(&mut session.diags);
        let why = said.iter().find(|one| one.is_error()).map(|one| one.summary.as_str().into());
        drop(self.disk.take_history());
        self.disk.restore(before);
        rehearsal::look_again(session)?;
        Some(why.unwrap_or_else(|| "its plan was refused".into()))
    }

    /// The run without a crash.
    async fn whole(&self, session: &mut Session<'_>, one: &mut One) -> Option<()> {
        rehearsal::draw_from(session, self.seed, self.steps);
        let planned = steps::planned_in(session, one.opened.take()?, one.aim).await?;
        steps::approved(session, &planned)?;
        let applied = steps::applied_past(session, &planned, one.past()).await?;
        one.opened = Some(planned.opened);
        let whole = if applied.complete { Ok(()) } else { Err(not_whole(&one.stack)) };
        session.heed(whole)
    }

    /// Goes back to a moment, dies there, and recovers.
    async fn crash(
        &self,
        session: &mut Session<'_>,
        one: &mut One,
        moment: &Moment,
    ) -> Option<Tried> {
        self.disk.restore(moment);
        self.life.die();
        rehearsal::look_again(session)?;
        rehearsal::draw_from(session, self.seed, SALT + self.steps);
        let (resolved, findings) = recover::recover(session, one).await?;
        Some(Tried { step: self.steps, what: moment.what.clone(), resolved, findings })
    }
}

/// A stack, and what becomes of it.
struct One {
    stack: StackAddr,
    aim: Aim,
    /// The estate, opened for this stack; with nobody where a step has it or failed with it.
    opened: Option<Opened>,
}

impl One {
    fn open(&mut self, session: &mut Session<'_>) -> Option<()> {
        let choice = ChoiceArgs::of_environment(&self.stack.environment);
        let address = [self.stack.to_string()];
        self.opened = match self.aim {
            Aim::Kept => open(session, &address, &choice),
            Aim::Destroyed => open_to_destroy(session, &address, &choice),
        };
        self.opened.as_ref().map(drop)
    }

    /// Why limits do not hold: what is explored is destroyed whole.
    fn past(&self) -> Option<&'static str> {
        (self.aim == Aim::Destroyed).then_some("crashes are explored")
    }

    /// The estate, which is open.
    fn estate(&self) -> &Opened {
        self.opened.as_ref().expect("BUG: the estate is open")
    }
}

fn not_whole(stack: &StackAddr) -> Diagnostic {
    Diagnostic::error("explore-not-whole", format!("The run of {stack} does not come to its end"))
        .detail("Its apply failed even without a crash.")
        .remedy("Rehearse it first: strata rehearse; leave --fault out.")
}
