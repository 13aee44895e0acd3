//! `strata ci merged`: the plan that the pull request was reviewed with which became this commit.
//!
//! The commit's pull request is the forge's to say; which plan, our own comment under it. Whether that plan may be applied,
//! and is still what the files say, `strata apply` decides. Invariant: no other plan is ever named.

use diag::Diagnostic;
use serde_json::json;
use vcs::{Forge, MergedPullRequest};

use super::forge;
use super::record::Record;
use crate::args::CiMergedArgs;
use crate::commands::Context;
use crate::commands::estate::read_file;
use crate::commands::store::no_estate;
use crate::exit::Exit;
use crate::report::Format;
use crate::session::{self, Session};

/// Runs the command.
pub(super) fn run(context: &Context<'_>, args: &CiMergedArgs) -> Exit {
    session::run(context, 1, |mut session| async move {
        if let Some(text) = named(&mut session, &args.env) {
            session.context.out(&text);
        }
        session.end(Exit::Done)
    })
}

fn named(session: &mut Session<'_>, environment: &str) -> Option<String> {
    let context = session.context;
    if !context.is_estate() {
        return session.heed(Err(no_estate(context)));
    }
    let place = session.heed(forge::place(context))?;
    let (commit, branch) = session.heed(about(context))?;
    let file = read_file(session)?;
    let store = session.heed(run::estate::open_store(context.host, &file))?;
    let forge = Forge::new(&context.host.http, &place);
    let merged = forge.merged(&commit, &branch);
    let merged = merged.map_err(|error| self::forge::failed("say what was merged", &error));
    let pull = session.heed(reviewed(merged, &commit, &branch))?;
    let comments = forge.comments(pull.number);
    let comments = comments.map_err(|error| self::forge::failed("give the comments", &error));
    let comments = session.heed(comments)?;
    let found = Record::find(&*store, &comments, pull.number, environment);
    let record = session
        .heed(found.map(|(_, record)| record).ok_or_else(|| no_record(&pull, environment)))?;
    let plan = session.heed(planned(&record, &pull))?;
    let plan = if record.changes { plan } else { String::new() };
    Some(match context.format {
        Format::Json => {
            format!(
                "{:#}\n",
                json!({ "plan": plan, "pull_request": pull.number, "changes": record.changes })
            )
        }
        Format::Text if plan.is_empty() => String::new(),
        Format::Text => format!("{plan}\n"),
    })
}

fn about(context: &Context<'_>) -> Result<(String, String), Diagnostic> {
    Ok((forge::head(context)?, forge::branch(context)?))
}

fn reviewed(
    merged: Result<Option<MergedPullRequest>, Diagnostic>,
    commit: &str,
    branch: &str,
) -> Result<MergedPullRequest, Diagnostic> {
    merged?.ok_or_else(|| {
        Diagnostic::error("ci-no-pull-request", "The commit came from no pull request")
            .detail(format!("{commit} is the merge of none onto {branch}, so no plan of it was reviewed. Nothing was applied."))
            .remedy("Let changes reach the branch by pull requests alone; apply this one by hand: strata plan, approve, apply.")
    })
}

/// The plan, which was made of the last commit.
fn planned(record: &Record, pull: &MergedPullRequest) -> Result<String, Diagnostic> {
    if record.head != pull.head {
        return Err(Diagnostic::error("ci-plan-old", "The plan is of another commit")
            .detail(format!(
                "Pull request {} was merged at {}, and its plan of `{}` is of {}. Nothing was applied.",
                pull.number, pull.head, record.environment, record.head
            ))
            .remedy("Open a pull request with what is still to be done; merge after its plan is there."));
    }
    record.plan.clone().ok_or_else(|| {
        Diagnostic::error("ci-no-plan", "The pull request was merged without a plan")
            .detail(format!(
                "The last plan of `{}` for pull request {} failed. Nothing was applied.",
                record.environment, pull.number
            ))
            .remedy("Make the check of the environment a required one; open a pull request that mends it.")
    })
}

fn no_record(pull: &MergedPullRequest, environment: &str) -> Diagnostic {
    Diagnostic::error("ci-no-plan", "The pull request has no plan")
        .detail(format!(
            "No comment of pull request {} holds a plan of `{environment}` that this estate wrote. Nothing was applied.",
            pull.number
        ))
        .remedy("Was the comment taken away, or the pull request a stranger's? Then plan, approve and apply by hand, or open another.")
}
