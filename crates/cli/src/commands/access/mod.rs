//! `strata access`: who may do what, and which path grants it.

use super::Context;
use crate::args::{AccessArgs, AccessCommand};
use crate::exit::Exit;

mod derive;
mod diff;
mod shown;
mod who_can;

/// Runs the command.
pub(crate) fn run(context: &Context<'_>, args: &AccessArgs) -> Exit {
    match &args.command {
        None => shown::run(context, &args.shown),
        Some(AccessCommand::WhoCan(args)) => who_can::run(context, args),
        Some(AccessCommand::Diff(args)) => diff::run(context, args),
        Some(AccessCommand::Derive(args)) => derive::run(context, args),
    }
}
