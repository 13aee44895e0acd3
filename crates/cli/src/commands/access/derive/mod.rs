//! `strata access derive STACK`: the least that planning and applying a stack needs, learned by doing both.
//!
//! The stack is planned, applied, planned again and destroyed with the base credentials, in a store of its own that begins as a
//! copy of the estate's; its calls to AWS go through a recorder, and those to a cluster are read from its audit log. What it makes is real: the environment is a sandbox's or an
//! emulator's.
//!
//! Invariant: the estate's own store is read and never written; what could not be destroyed again stays known in
//! `.strata/derive`, and the next derivation of the stack destroys it first.

mod audit;
mod scratch;
mod steps;
mod told;

use std::sync::Arc;

use addr::StackAddr;
use diag::Diagnostic;
use estate::Protection;
use run::credentials::Kind;
use run::estate::EstateFile;
use run::events::Silent;
use run::providers::requirements;
use run::recording::{Recorder, Recording};

use self::audit::AuditLog;
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
    let Meant { address, on_aws } = one_stack(session, &file, args)?;
    let may = may_be_played_with(&file, &address);
    session.heed(may)?;
    let out = told::folder(session.context, args.out.as_deref());
    let out = session.heed(out)?;
    let audit = AuditLog::begin(session.context, args.audit_log.as_deref());
    let audit = session.heed(audit)?;
    if !on_aws && audit.is_none() {
        let said = Err(nothing_to_record(&address));
        return session.heed(said);
    }
    if !is_approved(session, args, &address) {
        return None;
    }
    session.shared.events = Arc::new(Silent);
    let scratch = Scratch::of(&file, &address);
    cleaned(session, &file, &scratch, &address, on_aws).await?;
    let begun = scratch.begin(session.context.host, &file, &address);
    session.heed(begun)?;
    let recording = on_aws.then(|| Recording { act_as: args.act_as.clone() });
    let recorder = recorder(session, &scratch, &file, recording).await;
    if recorder.is_none() {
        scratch.remove(); // nothing was made yet
    }
    let recorder = recorder?;
    let mut windows = Vec::new();
    let done = steps::played(session, &address, &mut windows).await;
    let record = recorder.as_ref().map(Recorder::record).unwrap_or_default();
    let account = recorder.as_ref().map(|recorder| recorder.account().to_owned());
    drop(recorder);
    session.deriving = None;
    let left = scratch.end(session.context.host, &file, &address);
    session.heed(left)?;
    let objects = done?;
    let cluster =
        audit.map(|log| log.learned(session.context, &windows, &args.audit_user)).transpose();
    let cluster = session.heed(cluster)?;
    let account = account.as_deref();
    let learned = Learned { address: &address, account, args, record: &record, cluster, objects };
    told::warn(session, &learned);
    let out = written(session.context, &learned, out.as_deref());
    session.heed(out)
}

/// Lets the session's stacks be applied in the scratch store, and go through a recorder where one is wanted; `None` where it
/// does not start, for a reason that is in the session.
async fn recorder(
    session: &mut Session<'_>,
    scratch: &Scratch,
    file: &EstateFile,
    recording: Option<Recording>,
) -> Option<Option<Recorder>> {
    let started = match recording {
        Some(wanted) => Some(Recorder::start(session.context.host, &file.dir, wanted).await),
        None => None,
    };
    let recorder = session.heed(started.transpose())?;
    let recorded = recorder.as_ref().map(Recorder::recorded);
    session.deriving = Some(Deriving { store: scratch.name().to_owned(), recorded });
    Some(recorder)
}

/// Destroys what an earlier derivation of the stack left.
async fn cleaned(
    session: &mut Session<'_>,
    file: &EstateFile,
    scratch: &Scratch,
    address: &StackAddr,
    on_aws: bool,
) -> Option<()> {
    if !scratch.is_there() {
        return Some(());
    }
    let recorder = recorder(session, scratch, file, on_aws.then(Recording::default)).await?;
    let destroyed = steps::destroyed(session, address, &mut Vec::new()).await;
    drop(recorder);
    session.deriving = None;
    let left = scratch.end(session.context.host, file, address);
    session.heed(left)?;
    destroyed
}

/// The stack instance that is meant.
struct Meant {
    address: StackAddr,
    /// Whether it has providers of AWS.
    on_aws: bool,
}

/// The one stack instance that is meant; errors are in the session.
fn one_stack(session: &mut Session<'_>, file: &EstateFile, args: &DeriveArgs) -> Option<Meant> {
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
        [one] => {
            let instance = opened.graph().instance(*one);
            let required = requirements(&opened.checked.module(instance).loaded.config);
            let on_aws = required.keys().any(|one| Kind::of_provider(one) == Some(Kind::Aws));
            Ok(Meant { address: instance.addr.clone(), on_aws })
        }
        many => Err(not_one(&text, many.len())),
    };
    session.heed(one)
}

fn nothing_to_record(address: &StackAddr) -> Diagnostic {
    Diagnostic::error("derive-nothing", format!("`{address}` has no provider of AWS"))
        .detail("Calls to AWS are recorded; those to a cluster are read from the audit log of its API server.")
        .remedy("For a stack in a cluster name that log: --audit-log FILE. Azure and Google are not there yet.")
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
