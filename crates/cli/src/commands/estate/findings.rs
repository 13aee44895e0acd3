//! What a plan found, for other programs: `plan -sarif=FILE` and `plan -junit=FILE`.
//!
//! Both are written whether there is a plan or not: what kept it from being made is then what they hold.

use diag::Diagnostic;
use render::{
    Case, EstatePage, Finding, Outcome, Suite, estate_page_findings, estate_page_suite, junit,
    sarif,
};
use vcs::Repository;

use crate::args::PlanArgs;
use crate::commands::Context;
use crate::session::Session;

/// What was found so far that is no part of a page: diagnostics, at their places from the repository's top.
pub(crate) fn told(session: &Session<'_>) -> Vec<Finding> {
    let folder = folder(session.context);
    let mut found: Vec<Finding> =
        session.diags.iter().map(|one| Finding::of(one, &session.sources)).collect();
    for place in found.iter_mut().filter_map(|one| one.place.as_mut()) {
        place.file = format!("{folder}{}", place.file.trim_start_matches("./"));
    }
    found
}

/// Writes what a plan found, where that was asked for.
pub(crate) fn of_page(
    context: &Context<'_>,
    args: &PlanArgs,
    page: &EstatePage<'_>,
    told: Vec<Finding>,
) -> Result<(), Diagnostic> {
    if args.sarif.is_none() && args.junit.is_none() {
        return Ok(());
    }
    let folder = folder(context);
    let mut found = estate_page_findings(page, &folder);
    found.extend(told);
    let automation = format!("plan/{}", page.environment);
    write(context, args, &found, &estate_page_suite(page), &automation, &folder)
}

/// Writes what kept a plan from being made.
pub(crate) fn of_failure(session: &mut Session<'_>, args: &PlanArgs) {
    if args.sarif.is_none() && args.junit.is_none() {
        return;
    }
    let found = told(session);
    let environment = args.planning.choice.env.clone().unwrap_or_else(|| "all".to_owned());
    let cases = found.iter().filter(|one| one.level == render::Level::Error).map(|one| Case {
        class: environment.clone(),
        name: if one.address.is_empty() { environment.clone() } else { one.address.clone() },
        outcome: Outcome::Broken(one.rule.clone(), format!("{}\n{}", one.summary, one.detail)),
        output: String::new(),
    });
    let suite = Suite { name: format!("plan {environment}"), cases: cases.collect() };
    let (context, automation) = (session.context, format!("plan/{environment}"));
    let written = write(context, args, &found, &suite, &automation, &folder(context));
    session.heed(written);
}

fn write(
    context: &Context<'_>,
    args: &PlanArgs,
    found: &[Finding],
    suite: &Suite,
    automation: &str,
    folder: &str,
) -> Result<(), Diagnostic> {
    let fallback = format!("{folder}strata.hcl");
    let documents = [
        (&args.sarif, sarif(found, automation, &fallback, env!("CARGO_PKG_VERSION"))),
        (&args.junit, junit(std::slice::from_ref(suite))),
    ];
    for (file, text) in documents {
        let Some(file) = file else { continue };
        let written = context.host.files.replace(&context.dir.join(file), text.as_bytes(), 0o644);
        written.map_err(|error| {
            Diagnostic::error("findings-unwritable", "What was found cannot be written")
                .detail(format!("{error}."))
                .remedy("Name another file with -sarif and -junit.")
        })?;
    }
    Ok(())
}

/// The estate's folder from the repository's top, `a/b/`; empty at the top, or where there is no repository.
fn folder(context: &Context<'_>) -> String {
    let repository = Repository::of(context.host, &context.dir);
    repository.map(|one| one.prefix().to_owned()).unwrap_or_default()
}
