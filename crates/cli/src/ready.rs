//! A stack made ready to be looked into: its configuration, the schemas of its providers, the values of its variables.
//!
//! For commands that read one stack and plan nothing of an environment.
//! Invariant: nothing is written, and no provider is configured.

use std::path::Path;

use engine::GivenVariable;
use run::stack::Stack;
use run::variables::CommandLine;
use store::Loaded;

use crate::args::ChoiceArgs;
use crate::commands::estate;
use crate::session::Session;
use crate::which::Place;

/// A stack, and the values of its root module's variables.
pub(crate) struct Ready {
    /// The stack.
    pub(crate) stack: Stack,
    /// In an estate the inputs that strata.hcl gives it, published outputs of other stacks in them.
    pub(crate) variables: Vec<GivenVariable>,
}

/// Makes the stack of a place ready; errors are in the session. In a root module `command_line` gives variables.
pub(crate) async fn ready(
    session: &mut Session<'_>,
    place: &Place,
    loaded: &Loaded,
    command_line: &[CommandLine],
) -> Option<Ready> {
    match place.estate {
        Some(_) => of_estate(session, place, loaded).await,
        None => of_root(session, loaded, command_line).await,
    }
}

async fn of_root(
    session: &mut Session<'_>,
    loaded: &Loaded,
    command_line: &[CommandLine],
) -> Option<Ready> {
    let context = session.context;
    let (sources, diags) = (&mut session.sources, &mut session.diags);
    let state: Option<&Path> = None;
    let root = run::root::open(context.host, &context.dir, command_line, state, sources, diags)?;
    match root.stack(&session.shared, loaded).await {
        Ok(stack) => Some(Ready { stack, variables: root.variables }),
        Err(diags) => {
            session.diags.extend(diags);
            None
        }
    }
}

async fn of_estate(session: &mut Session<'_>, place: &Place, loaded: &Loaded) -> Option<Ready> {
    let address = place.label.clone();
    let (environment, _) = address.split_once('/').expect("BUG: a stack's address has two parts");
    let opened = estate::open(
        session,
        std::slice::from_ref(&address),
        &ChoiceArgs::of_environment(environment),
    )?;
    let index = *opened.selected.instances.iter().next().expect("BUG: a stack was selected");
    match run::estate::single(opened.run(session), index, loaded).await {
        Ok((stack, variables)) => Some(Ready { stack, variables }),
        Err(diags) => {
            session.diags.extend(diags);
            None
        }
    }
}
