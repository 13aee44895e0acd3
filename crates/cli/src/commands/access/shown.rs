//! `strata access [ENV]`: the table of who may do what.

use crate::args::AccessShownArgs;
use crate::commands::Context;
use crate::exit::Exit;

/// Runs the command.
pub(super) fn run(_context: &Context<'_>, _args: &AccessShownArgs) -> Exit {
    Exit::Failed
}
