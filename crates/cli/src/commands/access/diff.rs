//! `strata access diff PLAN`: what a plan changes about who may do what.

use crate::args::AccessDiffArgs;
use crate::commands::Context;
use crate::exit::Exit;

/// Runs the command.
pub(super) fn run(_context: &Context<'_>, _args: &AccessDiffArgs) -> Exit {
    Exit::Failed
}
