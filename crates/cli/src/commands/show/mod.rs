//! `strata show`: a state or a plan, for people or as OpenTofu's documents.
//!
//! What is named decides: a plan file or a state file, in an estate a plan's id or a stack; nothing is the current state.

mod estate;
mod kept;
mod root;

use plan::format::json::Head;
use plan::{Plan, Schemas};
use render::Secrets;
use run::load::Loaded;
use state::State;

use super::Context;
use crate::args::ShowArgs;
use crate::exit::Exit;
use crate::object;
use crate::pull_request;
use crate::rehearsal;
use crate::report::Format;
use crate::session::{self, Session};

/// Runs the command.
pub(crate) fn run(context: &Context<'_>, args: &ShowArgs) -> Exit {
    session::run(context, 1, |mut session| async move {
        if pull_request::rules_where_asked(&mut session, &args.rules).is_none()
            || rehearsal::begin_where_asked(&mut session, &args.rehearsal).is_none()
        {
            return session.end(Exit::Failed);
        }
        let text = if session.context.is_estate() {
            estate::shown(&mut session, args).await
        } else {
            root::shown(&mut session, args).await
        };
        if let Some(text) = text {
            session.context.out(&text);
        }
        session.end(Exit::Done)
    })
}

fn secrets(args: &ShowArgs) -> Secrets {
    if args.show_sensitive { Secrets::Shown } else { Secrets::Hidden }
}

/// A state in the form that was asked for.
fn state(
    session: &mut Session<'_>,
    state: &State,
    schemas: &Schemas,
    secrets: Secrets,
) -> Option<String> {
    if session.context.format == Format::Json {
        return Some(state_document(state, schemas) + "\n");
    }
    let objects = object::objects(state, schemas, secrets);
    let mut text = session.heed(objects)?;
    if !state.outputs.is_empty() {
        text.push_str(if text.is_empty() { "Outputs:\n\n" } else { "\n\nOutputs:\n\n" });
    }
    for (name, output) in &state.outputs {
        let hidden = output.sensitive && secrets == Secrets::Hidden;
        let shown = match output.decode() {
            _ if hidden => "(sensitive value)".to_owned(),
            Ok(value) => object::value(&value, secrets),
            Err(_) => "(cannot be read)".to_owned(),
        };
        text.push_str(&format!("{name} = {shown}\n"));
    }
    Some(if text.is_empty() { "The state is empty.\n".to_owned() } else { text })
}

fn state_document(state: &State, schemas: &Schemas) -> String {
    plan::format::json::state(state, schemas)
}

/// OpenTofu's document of a plan. It has the configuration only where that is still the one that was planned.
fn plan_document(plan: &Plan, schemas: &Schemas, loaded: Option<&Loaded>) -> String {
    let same = loaded.filter(|loaded| loaded.digest == plan.digests.configuration);
    planned_document(plan, schemas, same)
}

/// OpenTofu's document of a plan of this configuration.
pub(crate) fn planned_document(plan: &Plan, schemas: &Schemas, loaded: Option<&Loaded>) -> String {
    let configuration =
        loaded.and_then(|loaded| plan::format::json::configuration(&loaded.config, schemas));
    let relevant = loaded.map(|loaded| plan::format::json::relevant(plan, &loaded.config, schemas));
    let head = Head {
        version: lang::TOFU_VERSION,
        configuration: configuration.as_deref(),
        relevant: relevant.as_deref().unwrap_or_default(),
    };
    plan::format::json::plan(plan, schemas, head)
}
