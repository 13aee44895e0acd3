//! `strata access derive STACK`: the least that planning and applying a stack needs, learned by doing both.
//!
//! The stack is planned, applied, planned again and destroyed with the base credentials, in a store of its own that begins as a
//! copy of the estate's; its calls go through a recorder. What it makes is real: the environment is a sandbox's or an
//! emulator's.
//!
//! Invariant: the estate's own store is read and never written; what could not be destroyed again stays known in
//! `.strata/derive`, and the next derivation of the stack destroys it first.

mod scratch;
mod steps;
mod told;

use std::sync::Arc;

use addr::StackAddr;
use diag::Diagnostic;
use estate::Protection;
use run::estate::EstateFile;
use run::events::Silent;
use run::recording::{Recorder, Recording};

use self::scratch::Scratch;
use self::told::{Learned, written};
use super::super::Context;
use crate::args::{ChoiceArgs, DeriveArgs, PlanningArgs};
use crate::commands::apply::{Wanted, approved};
use crate::commands::estate::{environment_of, open, patterns, read_file};
use crate::exit::Exit;
use crate::report::Format;
use crate::session::{self, Deriving, Session, Telling};

/// Calls of providers at one time.
const PARALLELISM: usize = 10;

/// Runs the command.
pub(super) fn run(context: &Context<'_>, args: &DeriveArgs) -> Exit {
    session::run(context, PARALLELISM, |session| derive(session, args))
}

async fn derive(mut session: Session<'_>, args: &DeriveArgs) -> Exit {
    session.telling = Telling::Nothing;
    let told = learn(&mut session, args).await;
    session.end(if told.is_some() { Exit::Done } else { Exit::Failed })
}

/// Everything; `None` where it ended early, for a reason that is in the session.
async fn learn(session: &mut Session<'_>, args: &DeriveArgs) -> Option<()> {
    let file = read_file(session)?;
    let address = one_stack(session, &file, args)?;
    let may = may_be_played_with(&file, &address);
    session.heed(may)?;
    let out = told::folder(session.context, args.out.as_deref());
    let out = session.heed(out)?;
    if !is_approved(session, args, &address) {
        return None;
    }
    session.shared.events = Arc::new(Silent);
    let scratch = Scratch::of(&file, &address);
    cleaned(session, &file, &scratch, &address).await?;
    let begun = scratch.begin(session.context.host, &file, &address);
    session.heed(begun)?;
    let recording = Recording { act_as: args.act_as.clone() };
    let recorder = recorder(session, &scratch, &file, recording).await?;
    let done = steps::played(session, &address).await;
    let (record, account) = (recorder.record(), recorder.account().to_owned());
    drop(recorder);
    session.deriving = None;
    let left = scratch.end(session.context.host, &file, &address);
    session.heed(left)?;
    let objects = done?;
    let learned = Learned { address: &address, account: &account, args, record: &record, objects };
    told::warn(session, &learned);
    let out = written(session.context, &learned, out.as_deref());
    session.heed(out)
}

/// Starts a recorder, and lets the session's stacks go through it.
async fn recorder(
    session: &mut Session<'_>,
    scratch: &Scratch,
    file: &EstateFile,
    recording: Recording,
) -> Option<Recorder> {
    let started = Recorder::start(session.context.host, &file.dir, recording).await;
    let recorder = match started {
        Ok(recorder) => recorder,
        Err(diagnostic) => {
            scratch.remove();
            session.diags.push(diagnostic);
            return None;
        }
    };
    let (store, recorded) = (scratch.name().to_owned(), recorder.recorded());
    session.deriving = Some(Deriving { store, recorded });
    Some(recorder)
}

/// Destroys what an earlier derivation of the stack left.
async fn cleaned(
    session: &mut Session<'_>,
    file: &EstateFile,
    scratch: &Scratch,
    address: &StackAddr,
) -> Option<()> {
    if !scratch.is_there() {
        return Some(());
    }
    let recorder = recorder_for_what_is_left(session, scratch, file).await?;
    let destroyed = steps::destroyed(session, address).await;
    drop(recorder);
    session.deriving = None;
    let left = scratch.end(session.context.host, file, address);
    session.heed(left)?;
    destroyed.map(drop)
}

/// A recorder whose record nobody reads. Unlike [`recorder`] it keeps the store where it cannot start.
async fn recorder_for_what_is_left(
    session: &mut Session<'_>,
    scratch: &Scratch,
    file: &EstateFile,
) -> Option<Recorder> {
    let started = Recorder::start(session.context.host, &file.dir, Recording::default()).await;
    let recorder = session.heed(started)?;
    let (store, recorded) = (scratch.name().to_owned(), recorder.recorded());
    session.deriving = Some(Deriving { store, recorded });
    Some(recorder)
}

/// The one stack instance that is meant; errors are in the session.
fn one_stack(session: &mut Session<'_>, file: &EstateFile, args: &DeriveArgs) -> Option<StackAddr> {
    let text = match (&args.env, args.stack.contains('/')) {
        (Some(env), false) => format!("{env}/{}", args.stack),
        _ => args.stack.clone(),
    };
    let named = patterns(session, std::slice::from_ref(&text))?;
    let environment = environment_of(file, &named, args.env.as_deref());
    session.heed(environment)?;
    let opened = open(session, std::slice::from_ref(&text), &ChoiceArgs::default())?;
    let instances: Vec<_> = opened.selected.instances.iter().copied().collect();
    let one = match instances.as_slice() {
        [one] => Ok(opened.graph().instance(*one).addr.clone()),
        many => Err(not_one(&text, many.len())),
    };
    session.heed(one)
}

fn not_one(text: &str, count: usize) -> Diagnostic {
    Diagnostic::error("derive-one-stack", "Access is derived for one stack instance at a time")
        .detail(format!("`{text}` names {count}."))
        .remedy("Name one: ENV/STACK, or ENV/STACK:KEY where it has several.")
}

/// Refuses protected environments: what is derived is made and destroyed.
fn may_be_played_with(file: &EstateFile, address: &StackAddr) -> Result<(), Diagnostic> {
    let environments = &file.estate.environments;
    let is_it = |one: &&estate::Environment| one.name.node == address.environment;
    let protected =
        environments.iter().find(is_it).filter(|one| one.protection == Protection::Protected);
    match protected {
        None => Ok(()),
        Some(one) => Err(Diagnostic::error(
            "derive-protected",
            format!("`{}` is protected", address.environment),
        )
        .detail("To derive access, a stack is applied and destroyed: that is for a sandbox.")
        .remedy("Name an environment whose account may be played with, or an emulator's.")
        .at(one.name.span)),
    }
}

fn is_approved(session: &mut Session<'_>, args: &DeriveArgs, address: &StackAddr) -> bool {
    let planning = PlanningArgs { input: true, ..PlanningArgs::default() };
    let wanted = Wanted {
        targets: &[],
        destroy: false,
        auto_approve: args.auto_approve,
        allow_break: &[],
        break_glass: None,
        planning: &planning,
    };
    if !args.auto_approve && session.context.format == Format::Text {
        session.context.out(&format!(
            "{address} will be made with the base credentials and destroyed again: real objects, in the account of these.\n"
        ));
    }
    args.auto_approve || approved(session, &wanted, "this")
}
