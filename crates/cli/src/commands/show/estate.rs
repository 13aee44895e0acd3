//! `strata show` in an estate: the states of its stacks, one stack's state, or a plan (`kept`).

use std::sync::Arc;

use diag::Diagnostic;
use plan::Schemas;
use run::estate::{Purpose, open_stack};
use store::{Loaded, StackKey};

use super::super::audit::revealed;
use super::{kept, secrets, state, state_document};
use crate::args::{ChoiceArgs, ShowArgs, WhichState};
use crate::commands::estate::{Opened, open};
use crate::ready::ready;
use crate::report::Format;
use crate::session::Session;
use crate::which::{self, Backup};

/// What was asked for, as text.
pub(super) async fn shown(session: &mut Session<'_>, args: &ShowArgs) -> Option<String> {
    match args.what.as_slice() {
        [] => states(session, args).await,
        [one] if is_stack(session, one) => one_state(session, one, args).await,
        [plan] => kept::shown(session, plan, None, args).await,
        [plan, part] => kept::shown(session, plan, Some(part), args).await,
        _ => session.heed(Err(Diagnostic::error("show-what", "More than one thing to show")
            .detail("show takes a stack; or a plan, and one of its stacks or resources after it.")
            .remedy("Write: strata show ENV/STACK, or strata show PLAN [ENV/STACK[//ADDRESS]]."))),
    }
}

/// Whether an argument names a stack, rather than a file or a plan.
fn is_stack(session: &Session<'_>, text: &str) -> bool {
    let context = session.context;
    text.parse::<addr::StackAddr>().is_ok() && !context.host.files.exists(&context.dir.join(text))
}

async fn one_state(session: &mut Session<'_>, stack: &str, args: &ShowArgs) -> Option<String> {
    let which = WhichState { stack: Some(stack.to_owned()), ..WhichState::default() };
    let (place, _) = which::open(session, &which, &[], Backup::Beside)?;
    let loaded = place.peek(session)?;
    if let (true, Some(store)) = (args.show_sensitive, &place.estate) {
        revealed(session, &**store, &place.label, "show")?;
    }
    let schemas: Arc<Schemas> = match loaded.state.object_count() {
        0 => Arc::default(),
        _ => ready(session, &place, &loaded, &[]).await?.stack.schemas,
    };
    state(session, &loaded.state, &schemas, secrets(args))
}

/// The states of an environment's stacks, one after the other.
async fn states(session: &mut Session<'_>, args: &ShowArgs) -> Option<String> {
    let opened =
        open(session, &[], &ChoiceArgs { env: args.env.clone(), ..ChoiceArgs::default() })?;
    let mut shown = Vec::new();
    for instance in &opened.graph().order {
        let address = instance.addr.to_string();
        let loaded = opened.store.peek(&StackKey::from(&instance.addr));
        let loaded = session.heed(loaded.map_err(|error| run::failure::load(&address, &error)))?;
        if args.show_sensitive {
            revealed(session, &*opened.store, &address, "show")?;
        }
        let schemas = schemas(session, &opened, &instance.addr, &loaded).await?;
        let text = match session.context.format {
            Format::Json => state_document(&loaded.state, &schemas),
            Format::Text => state(session, &loaded.state, &schemas, secrets(args))?,
        };
        shown.push((address, text));
    }
    Some(match session.context.format {
        Format::Json => documents(&shown),
        Format::Text => {
            let all: Vec<String> =
                shown.iter().map(|(address, text)| format!("## {address}\n\n{text}")).collect();
            all.join("\n")
        }
    })
}

/// The schemas of a stack of the environment, as far as a state needs them.
pub(super) async fn schemas(
    session: &mut Session<'_>,
    opened: &Opened,
    address: &addr::StackAddr,
    loaded: &Loaded,
) -> Option<Arc<Schemas>> {
    let graph = opened.graph();
    let instance = graph.order.iter().find(|instance| instance.addr == *address);
    let instance = session.heed(instance.ok_or_else(|| not_of_this_environment(address)))?;
    match open_stack(opened.run(session), instance, loaded, Purpose::Plan).await {
        Ok(stack) => Some(stack.schemas),
        Err(diags) => {
            session.diags.extend(diags);
            None
        }
    }
}

fn not_of_this_environment(address: &addr::StackAddr) -> Diagnostic {
    Diagnostic::error("stack-unknown", format!("No stack has the address `{address}`"))
        .detail("strata.hcl does not name it any more, so its providers are not known.")
        .remedy("Show the plan without -json; or plan again.")
}

/// OpenTofu's documents by stack.
pub(super) fn documents(all: &[(String, String)]) -> String {
    let members: Vec<String> =
        all.iter().map(|(address, document)| format!("\"{address}\":{document}")).collect();
    format!("{{\"format_version\":\"1.0\",\"stacks\":{{{}}}}}\n", members.join(","))
}
