//! `strata drift`: what changed outside of the estate, by whom, and what becomes of it: accepted, reverted, or ignored by the
//! estate file.
//!
//! Invariant: looking changes nothing, not even the state; nothing is put back but by a plan of its own.

pub(crate) mod found;
mod put;
mod shown;
mod trails;

use diag::{Diagnostic, Diags};

use super::Context;
use super::store::no_estate;
use crate::args::{DriftArgs, DriftCommand, DriftLookingArgs, PlanningArgs};
use crate::exit::Exit;
use crate::session::{self, Session};
use crate::settings;

/// Runs the command.
pub(crate) fn run(context: &Context<'_>, args: &DriftArgs) -> Exit {
    match &args.command {
        None => started(context, &args.shown.looking, |session| shown::run(session, &args.shown)),
        Some(DriftCommand::Accept(args)) => {
            started(context, &args.looking, |session| put::accept(session, args))
        }
        Some(DriftCommand::Revert(args)) => {
            started(context, &args.looking, |session| put::revert(session, args))
        }
    }
}

fn started<'a, W>(
    context: &'a Context<'a>,
    looking: &DriftLookingArgs,
    work: impl FnOnce(Session<'a>) -> W,
) -> Exit
where
    W: Future<Output = Exit>,
{
    let mut diags = Diags::new();
    let parallelism = settings::parallelism(&planning(looking), &mut diags);
    if !context.is_estate() {
        diags.push(no_estate(context));
    }
    if diags.has_errors() {
        context.report(&diags);
        return Exit::Failed;
    }
    session::run(context, parallelism, work)
}

/// The options as those of a plan.
fn planning(looking: &DriftLookingArgs) -> PlanningArgs {
    PlanningArgs {
        refresh: true,
        parallelism: looking.parallelism,
        calls_max: looking.calls_max,
        lock_timeout: "0s".to_owned(),
        lock: true,
        input: true,
        rehearsal: looking.rehearsal.clone(),
        ..PlanningArgs::default()
    }
}

/// A file that a report is to be written to, and cannot.
fn unwritable(file: &str, error: &dyn std::fmt::Display) -> Diagnostic {
    Diagnostic::error("page-unwritable", format!("{file} cannot be written"))
        .detail(format!("{error}. What was found stands above all the same."))
        .remedy("Name another file.")
}
