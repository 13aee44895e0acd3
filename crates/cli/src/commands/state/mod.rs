//! `strata state`: looking into a state and mending it. One file per subcommand.

mod list;
mod mv;
mod pull;
mod push;
mod resolve;
mod rm;
mod show;

use render::Secrets;

use super::Context;
use crate::args::StateCommand;
use crate::exit::Exit;
use crate::session;

/// Runs the command.
pub(crate) fn run(context: &Context<'_>, command: &StateCommand) -> Exit {
    match command {
        StateCommand::List { which, addresses, id } => {
            session::run(context, 1, |session| list::run(session, which, addresses, id.as_deref()))
        }
        StateCommand::Show { which, address, show_sensitive } => {
            let secrets = if *show_sensitive { Secrets::Shown } else { Secrets::Hidden };
            session::run(context, 1, |session| show::run(session, which, address, secrets))
        }
        StateCommand::Pull { which } => {
            session::run(context, 1, |session| pull::run(session, which))
        }
        StateCommand::Push { written, file, force } => {
            let force = if *force { push::Force::Yes } else { push::Force::No };
            session::run(context, 1, |session| push::run(session, written, file, force))
        }
        StateCommand::Rm { written, addresses, dry_run } => {
            let work = if *dry_run { Work::Said } else { Work::Done };
            session::run(context, 1, |session| rm::run(session, written, addresses, work))
        }
        StateCommand::Mv { written, from, to, dry_run } => {
            let work = if *dry_run { Work::Said } else { Work::Done };
            session::run(context, 1, |session| mv::run(session, written, (from, to), work))
        }
        StateCommand::Resolve { written, address, exists, absent } => {
            let word = match (exists, absent) {
                (Some(id), _) => resolve::Word::Exists(id),
                (None, true) => resolve::Word::Absent,
                (None, false) => resolve::Word::None,
            };
            session::run(context, 1, |session| {
                resolve::run(session, written, address.as_deref(), word)
            })
        }
    }
}

/// Whether a change is made, or only told (`-dry-run`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Work {
    Done,
    Said,
}
