//! `strata access who-can ACTION [RESOURCE]`: everybody who may.

use crate::args::WhoCanArgs;
use crate::commands::Context;
use crate::exit::Exit;

/// Runs the command.
pub(super) fn run(_context: &Context<'_>, _args: &WhoCanArgs) -> Exit {
    Exit::Failed
}
