//! `strata ci report`: what came of a plan, under its pull request: one comment for each environment, edited in place, and checks.
//!
//! The store is the one that the branch names which the change goes onto, never the change's own. Invariant: a run that is
//! repeated puts right what one before it left; a comment of others is not edited.

use diag::Diagnostic;
use run::estate::EstateFile;
use run::estate::pull_request::Base;
use serde_json::{Value, json};
use store::{EstateStore, StoreKind};
use vcs::{Forge, Taken};

use super::record::Record;
use super::{errors, forge, outcome};
use crate::args::CiReportArgs;
use crate::commands::Context;
use crate::commands::store::no_estate;
use crate::exit::Exit;
use crate::report::Format;
use crate::session::{self, Session};

/// Longest comment, in bytes: what both forges take, and room for the record.
const COMMENT_BYTES_MAX: usize = 64_000;

/// Runs the command.
pub(super) fn run(context: &Context<'_>, args: &CiReportArgs) -> Exit {
    session::run(context, 1, |mut session| async move {
        if let Some(text) = reported(&mut session, args) {
            session.context.out(&text);
        }
        session.end(Exit::Done)
    })
}

/// What is told.
struct Told {
    body: String,
    record: Record,
    checks: Vec<vcs::Check>,
}

fn reported(session: &mut Session<'_>, args: &CiReportArgs) -> Option<String> {
    let context = session.context;
    if !context.is_estate() {
        return session.heed(Err(no_estate(context)));
    }
    let place = session.heed(forge::place(context))?;
    let (number, head) = session.heed(about(context))?;
    let file = of_base(session, &args.base)?;
    let store = session.heed(run::estate::open_store(context.host, &file))?;
    let told = told(context, args, number, &head);
    let forge = Forge::new(&context.host.http, &place);
    let comment = session.heed(comment(&forge, &*store, &told))?;
    for check in &told.checks {
        let put = forge.put_check(&head, check);
        session.heed(put.map_err(|error| self::forge::failed("take a check", &error)))?;
    }
    if let Some(sarif) = &args.sarif {
        send_findings(session, &forge, (number, &head), sarif);
    }
    let plan = told.record.plan.as_deref();
    Some(match context.format {
        Format::Json => {
            format!(
                "{:#}\n",
                json!({ "comment": comment, "checks": told.checks.len(), "plan": plan })
            )
        }
        Format::Text => format!(
            "Told under pull request {number}: {}, {} checks.\n",
            plan.unwrap_or("there is no plan"),
            told.checks.len()
        ),
    })
}

fn about(context: &Context<'_>) -> Result<(u64, String), Diagnostic> {
    Ok((forge::number(context)?, forge::head(context)?))
}

/// The estate as the branch has it that the change goes onto: where its store is, is not the change's to say.
fn of_base(session: &mut Session<'_>, reference: &str) -> Option<EstateFile> {
    let context = session.context;
    let (sources, diags) = (&mut session.sources, &mut session.diags);
    let base = Base::read(context.host, &context.dir, reference, sources, diags)?;
    Some(EstateFile {
        dir: context.dir.clone(),
        estate: base.estate,
        text: "".into(),
        kind: StoreKind::Real,
        edits: Default::default(),
        base: None,
        bounds: None,
    })
}

/// What the files say that the plan left.
fn told(context: &Context<'_>, args: &CiReportArgs, number: u64, head: &str) -> Told {
    let read = |file: &str| context.host.files.read_text(&context.dir.join(file)).ok();
    let environment = args.env.clone();
    let record = |plan: Option<&str>, changes| Record {
        environment: environment.clone(),
        number,
        head: head.to_owned(),
        plan: plan.map(str::to_owned),
        changes,
    };
    let page = read(&args.page).and_then(|text| serde_json::from_str::<Value>(&text).ok());
    let whole = page.as_ref().and_then(|page| {
        let plan = page["plan"].as_str()?;
        let body = read(&args.markdown).filter(|text| text.len() <= COMMENT_BYTES_MAX)?;
        Some(Told {
            body,
            record: record(Some(plan), changes(page)),
            checks: outcome::checks(&environment, page)?,
        })
    });
    whole.unwrap_or_else(|| {
        let said = args.errors.as_deref().and_then(read).unwrap_or_default();
        let words = errors::words(&said);
        Told {
            body: errors::page(&environment, &words),
            record: record(None, false),
            checks: vec![outcome::without_plan(&environment, &words)],
        }
    })
}

/// Whether an apply of the plan would do anything.
fn changes(page: &Value) -> bool {
    let stacks = page["stacks"].as_array().into_iter().flatten();
    let idle = |stack: &Value| {
        stack["has_changes"] == false
            && matches!(stack["standing"].as_str(), Some("planned" | "cut_off"))
    };
    !stacks.into_iter().all(idle)
}

/// Writes the comment, or edits the one that is there; tells its id.
fn comment(forge: &Forge<'_>, store: &dyn EstateStore, told: &Told) -> Result<u64, Diagnostic> {
    let record = &told.record;
    let failed = |error| self::forge::failed("take the comment", &error);
    let comments = forge.comments(record.number).map_err(failed)?;
    let found = Record::find(store, &comments, record.number, &record.environment);
    let id = match found {
        Some((id, _)) => id,
        // Its id is part of the record, and known only once it is there.
        None => forge.add_comment(record.number, &titled(told)).map_err(failed)?,
    };
    let whole = format!("{}\n\n{}\n", titled(told).trim_end(), record.line(store, id));
    forge.edit_comment(record.number, id, &whole).map_err(failed)?;
    Ok(id)
}

fn titled(told: &Told) -> String {
    let short = told.record.head.get(..7).unwrap_or(&told.record.head);
    format!("## strata {}: `{short}`\n\n{}", told.record.environment, told.body)
}

/// Sends findings; that a forge takes none is told, and no error.
fn send_findings(
    session: &mut Session<'_>,
    forge: &Forge<'_>,
    (number, head): (u64, &str),
    file: &str,
) {
    let context = session.context;
    let text = context.host.files.read_text(&context.dir.join(file)).map_err(|error| {
        Diagnostic::error("findings-unreadable", "What was found cannot be read")
            .detail(format!("{error}."))
            .remedy("Name the file that `plan -sarif` wrote.")
    });
    let Some(text) = session.heed(text) else { return };
    let sent = forge.send_findings(number, head, &text);
    let sent = session.heed(sent.map_err(|error| self::forge::failed("take the findings", &error)));
    if sent == Some(Taken::No) {
        session.diags.push(
            Diagnostic::warning("forge-no-scanning", "The forge's code scanning takes no findings")
                .detail(
                    "It is not switched on for this repository, or the token may not write to it.",
                )
                .remedy("Switch it on, or take `code_scanning` out of the `ci` block."),
        );
    }
}
