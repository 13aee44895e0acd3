//! `strata ci`: the estate's pipelines and owners' file, written or checked; and what the pipelines' steps call.
//!
//! What a pipeline says is `pipeline`'s; who may do what is said by `strata.hcl` and the guard. Invariant: a file that others
//! wrote is not overwritten.

mod codeowners;
mod errors;
mod file;
mod forge;
mod merged;
mod outcome;
mod pipeline;
mod record;
mod report;
mod token;

use super::Context;
use crate::args::CiCommand;
use crate::exit::Exit;

/// Runs the command.
pub(crate) fn run(context: &Context<'_>, command: &CiCommand) -> Exit {
    match command {
        CiCommand::Github(args) => pipeline::run(context, pipeline::Kind::GitHub, args),
        CiCommand::Gitlab(args) => pipeline::run(context, pipeline::Kind::GitLab, args),
        CiCommand::Jenkins(args) => pipeline::run(context, pipeline::Kind::Jenkins, args),
        CiCommand::Codeowners(args) => codeowners::run(context, args),
        CiCommand::Report(args) => report::run(context, args),
        CiCommand::Merged(args) => merged::run(context, args),
        CiCommand::Token(args) => token::run(context, args),
    }
}
