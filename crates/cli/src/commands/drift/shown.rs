//! `strata drift [SELECTION]`: all stacks looked at side by side, and what was found told.

use estate::Day;
use guard::DriftAccess;
use render::{
    DriftBy, DriftIgnored, DriftReport, DriftSecurity, Drifted, drift_findings, drift_json,
    drift_markdown, drift_text, sarif,
};
use run::estate::EnvironmentPlan;

use super::found::{self, Found};
use super::{trails, unwritable};
use crate::args::DriftShownArgs;
use crate::commands::estate::{Opened, open};
use crate::exit::Exit;
use crate::rehearsal;
use crate::report::Format;
use crate::session::Session;

/// Runs the command.
pub(super) async fn run(mut session: Session<'_>, args: &DriftShownArgs) -> Exit {
    session.bound_calls(args.looking.calls_max);
    if rehearsal::begin_where_asked(&mut session, &args.looking.rehearsal).is_none() {
        return session.end(Exit::Failed);
    }
    let selection = &args.selection;
    let Some(opened) = open(&mut session, &selection.addresses, &selection.choice) else {
        return session.end(Exit::Failed);
    };
    let planned = found::looked(&mut session, &opened).await;
    let today = Day::of_seconds(session.now_s());
    let (all, ignored) = found::found(&opened, &planned, today);
    let by = trails::deeds(&mut session, &all, &args.trail).await;
    let report = report(&session, &opened, &planned, (&all, ignored), by);
    show(&mut session, &opened, &report, args);
    session.end(if report.drifted.is_empty() { Exit::Done } else { Exit::Changes })
}

fn report<'a>(
    session: &Session<'_>,
    opened: &Opened,
    planned: &EnvironmentPlan,
    (all, ignored): (&[Found<'a>], Vec<DriftIgnored>),
    by: Vec<Option<DriftBy>>,
) -> DriftReport<'a> {
    let selected = &opened.selected.instances;
    let there = |index| planned.stacks.iter().any(|stack| stack.index == index);
    let failed = selected.iter().filter(|index| !there(**index));
    let graph = opened.graph();
    DriftReport {
        title: opened.title(),
        stacks: selected.len(),
        failed: failed.map(|index| graph.instance(*index).addr.to_string()).collect(),
        drifted: all.iter().zip(by).map(|(one, by)| drifted(session, opened, one, by)).collect(),
        ignored,
        flag: if session.rehearsal.is_some() { " --rehearse" } else { "" },
    }
}

fn drifted<'a>(
    session: &Session<'_>,
    opened: &Opened,
    one: &Found<'a>,
    by: Option<DriftBy>,
) -> Drifted<'a> {
    let estate = &opened.file.estate;
    let stack = opened.graph().instance(one.index()).stack;
    Drifted {
        stack: one.stack.address.to_string(),
        layer: estate[estate[stack].layer].name.node.to_string(),
        owners: estate.owners_of(stack).iter().map(|owner| owner.node.to_string()).collect(),
        change: one.change,
        attributes: one.attributes.clone(),
        data: one.meaning.data.as_ref().map(ToString::to_string),
        protection: one.meaning.protection.clone(),
        security: match &one.meaning.access {
            DriftAccess::Untouched => DriftSecurity::Untouched,
            DriftAccess::Touched { widens, narrows } => {
                DriftSecurity::Touched { widens: widens.clone(), narrows: narrows.clone() }
            }
        },
        by,
        place: found::place(session, one),
        ended: one.ended.map(|day| day.to_string()),
    }
}

/// Prints the report in the form that was asked for, and writes it to files.
fn show(
    session: &mut Session<'_>,
    opened: &Opened,
    report: &DriftReport<'_>,
    args: &DriftShownArgs,
) {
    let context = session.context;
    let environment = &opened.file.estate[opened.environment].name.node;
    let as_sarif = || {
        let automation = format!("drift/{environment}");
        let version = env!("CARGO_PKG_VERSION");
        sarif(&drift_findings(report), &automation, "strata.hcl", version)
    };
    let as_markdown = || drift_markdown(report);
    let forms: [(&Option<String>, &dyn Fn() -> String); 2] =
        [(&args.markdown, &as_markdown), (&args.sarif, &as_sarif)];
    let mut printed = false;
    for (wanted, text) in forms {
        match wanted.as_deref() {
            None => {}
            Some("-") => {
                context.out(&text());
                printed = true;
            }
            Some(file) => {
                let path = context.dir.join(file);
                let written = context.host.files.replace(&path, text().as_bytes(), 0o644);
                if let Err(error) = written {
                    session.diags.push(unwritable(file, &error));
                }
            }
        }
    }
    if printed {
        return;
    }
    context.out(&match context.format {
        Format::Json => drift_json(report),
        Format::Text => drift_text(report, context.paint),
    });
}
