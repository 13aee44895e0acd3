//! `strata rehearse`: an environment from nothing to a second plan without changes, and three things that go wrong.
//!
//! Every step is the command that production runs, in a simulated cloud. What is told of them here is short and, for one
//! seed, always the same. Invariant: nothing is touched but the rehearsal's own store.

mod cast;
mod environments;
mod explore;
mod scenes;
mod steps;
mod story;
mod trust;

use std::sync::Arc;

use diag::Diagnostic;
use run::events::Silent;
use sim::explore::Which;

use self::story::Story;
use super::Context;
use crate::args::RehearseArgs;
use crate::exit::Exit;
use crate::rehearsal::{self, Beginning};
use crate::session::{self, Session, Telling};

/// Calls of providers at one time, for each stack: what commands take where nothing else is asked for.
const PARALLELISM: usize = 10;

/// Runs the command.
pub(crate) fn run(context: &Context<'_>, args: &RehearseArgs) -> Exit {
    let dir = args.estate.as_ref().map_or_else(|| context.dir.clone(), |dir| context.dir.join(dir));
    let context = Context {
        host: context.host,
        dir,
        format: context.format,
        paint: context.paint,
        raw: Vec::new(),
    };
    session::run(&context, PARALLELISM, |session| rehearse(session, args))
}

async fn rehearse(mut session: Session<'_>, args: &RehearseArgs) -> Exit {
    session.shared.events = Arc::new(Silent);
    session.telling = Telling::Nothing;
    let mut story = Story::new(session.context, args.cloud.seed);
    let told = tell(&mut session, args, &mut story).await;
    story.end(session.context);
    let well = told.is_some() && story.went_well();
    session.end(if well { Exit::Done } else { Exit::Failed })
}

/// Plays everything; `None` where it ended early, for a reason that is in the session.
async fn tell(session: &mut Session<'_>, args: &RehearseArgs, story: &mut Story) -> Option<()> {
    if let Some(what) = args.explore.as_deref() {
        let which = session.heed(Which::parse(what))?;
        return explore::explore(session, args, which, story).await;
    }
    // An end in the middle is for `apply --rehearse`: here it would end the story.
    if args.cloud.kill_at.is_some() {
        let said = Err(no_end());
        return session.heed(said);
    }
    rehearsal::begin(session, &args.cloud, Beginning::Anew)?;
    let order = environments::needed(session, args.env.as_deref())?;
    story.opens(&order);
    for environment in &order.all {
        if !steps::build(session, environment, story).await? {
            return None;
        }
    }
    rehearsal::faults_name_something(session)?;
    let drifts = steps::drifted(session, story)?;
    steps::again(session, &order, drifts, story).await?;
    story.sums_up();
    let trust = trust::of(session);
    scenes::one_edit(session, &order, story).await?;
    scenes::killed(session, &order, &args.cloud, story).await?;
    scenes::an_app(session, &order, story).await?;
    story.tells_time(&order);
    trust::tell(&trust, story);
    trust::doubt_overlays(session);
    story.closes(&order);
    Some(())
}

fn no_end() -> Diagnostic {
    Diagnostic::error("rehearse-kill-at", "A whole rehearsal is not ended in the middle")
        .detail("Its second scene does that anyway, and recovers.")
        .remedy("Leave --kill-at out; or end one step: strata apply --rehearse --kill-at OP.")
}
