//! `strata freeze` and `strata thaw`: nothing is applied in an environment for a while.
//!
//! Both are events. A freeze holds until it is thawed, whoever made it; `apply --break-glass` goes past it.

use diag::Diagnostic;
use render::clean;
use serde_json::json;
use store::{Freeze, Put};

use super::estate::gate::event;
use super::store::no_estate;
use super::{Context, estate};
use crate::args::{FreezeArgs, ThawArgs};
use crate::exit::Exit;
use crate::report::Format;
use crate::session::{self, Session, now_ms};

/// Runs `freeze`.
pub(crate) fn run(context: &Context<'_>, args: &FreezeArgs) -> Exit {
    session::run(context, 1, |mut session| async move {
        if let Some(text) = frozen(&mut session, args) {
            session.context.out(&text);
        }
        session.end(Exit::Done)
    })
}

/// Runs `thaw`.
pub(crate) fn run_thaw(context: &Context<'_>, args: &ThawArgs) -> Exit {
    session::run(context, 1, |mut session| async move {
        if let Some(text) = thawed(&mut session, args) {
            session.context.out(&text);
        }
        session.end(Exit::Done)
    })
}

fn frozen(session: &mut Session<'_>, args: &FreezeArgs) -> Option<String> {
    let file = opened(session, &args.environment)?;
    let reason = args.reason.join(" ");
    session.heed(some_reason(&reason))?;
    let store = session.heed(run::estate::open_store(session.context.host, &file))?;
    let event = event(session, "freeze", None, format!("{}: {reason}", args.environment))
        .in_environment(args.environment.as_str());
    let freeze = Freeze { reason: reason.into(), who: event.who.short(), at_ms: now_ms() };
    let put = store.freeze(&args.environment, &freeze);
    match session.heed(put.map_err(|error| run::failure::port("", &error)))? {
        Put::Already => session.heed(Err(already(&args.environment)))?,
        Put::Kept => {}
    }
    session.heed(store.record(&event).map_err(|error| run::failure::port("", &error)))?;
    Some(match session.context.format {
        Format::Json => {
            format!("{:#}\n", json!({ "frozen": args.environment, "reason": &*freeze.reason }))
        }
        Format::Text => {
            format!("`{}` is frozen: nothing is applied until it is thawed.\n", args.environment)
        }
    })
}

fn thawed(session: &mut Session<'_>, args: &ThawArgs) -> Option<String> {
    let file = opened(session, &args.environment)?;
    let store = session.heed(run::estate::open_store(session.context.host, &file))?;
    let thawed = store.thaw(&args.environment).map_err(|error| run::failure::port("", &error));
    let freeze = session.heed(thawed)?;
    let freeze = session.heed(freeze.ok_or_else(|| not_frozen(&args.environment)))?;
    let detail = format!("{}: was frozen by {}: {}", args.environment, freeze.who, freeze.reason);
    let event = event(session, "thaw", None, detail).in_environment(args.environment.as_str());
    session.heed(store.record(&event).map_err(|error| run::failure::port("", &error)))?;
    Some(match session.context.format {
        Format::Json => {
            format!("{:#}\n", json!({ "thawed": args.environment, "reason": &*freeze.reason }))
        }
        Format::Text => format!(
            "`{}` is thawed. It was frozen by {}: {}\n",
            args.environment,
            clean(&freeze.who),
            clean(&freeze.reason)
        ),
    })
}

/// The estate file, which names the environment; errors are in the session.
fn opened(session: &mut Session<'_>, environment: &str) -> Option<run::estate::EstateFile> {
    if !session.context.is_estate() {
        session.diags.push(no_estate(session.context));
        return None;
    }
    let file = estate::read_file(session)?;
    session.heed(estate::environment_of(&file, &[], Some(environment)))?;
    Some(file)
}

fn some_reason(reason: &str) -> Result<(), Diagnostic> {
    if !reason.trim().is_empty() {
        return Ok(());
    }
    Err(Diagnostic::error("reason-missing", "A freeze has a reason")
        .detail("It is what those read who would apply.")
        .remedy("Write: strata freeze ENV \"why\"."))
}

fn already(environment: &str) -> Diagnostic {
    Diagnostic::error("env-frozen", format!("`{environment}` is frozen already"))
        .detail("The first freeze stays, with its reason.")
        .remedy(format!("Thaw it first, to give another reason: strata thaw {environment}."))
}

fn not_frozen(environment: &str) -> Diagnostic {
    Diagnostic::error("env-not-frozen", format!("`{environment}` is not frozen"))
        .detail("There is nothing to be ended.")
        .remedy("None is needed.")
}
