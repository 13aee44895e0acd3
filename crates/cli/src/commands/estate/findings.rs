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
pub(crate) struct Findings<'a> {
    args: &'a PlanArgs,
    /// The estate's folder from the repository's top, `a/b/`; empty at the top, or where there is no repository.
    folder: String,
    told: Vec<Finding>,
}

impl<'a> Findings<'a> {
    /// Takes what the session has to tell; nothing where no file of findings is asked for.
    pub(crate) fn told(session: &Session<'_>, args: &'a PlanArgs) -> Option<Findings<'a>> {
        if args.sarif.is_none() && args.junit.is_none() {
            return None;
        }
        let context = session.context;
        let repository = Repository::of(context.host, &context.dir);
        let folder = repository.map(|one| one.prefix().to_owned()).unwrap_or_default();
        let mut told: Vec<Finding> =
            session.diags.iter().map(|one| Finding::of(one, &session.sources)).collect();
        for place in told.iter_mut().filter_map(|one| one.place.as_mut()) {
            place.file = format!("{folder}{}", place.file.trim_start_matches("./"));
        }
        Some(Findings { args, folder, told })
    }

    /// Writes what a plan found.
    pub(crate) fn of_page(
        self,
        context: &Context<'_>,
        page: &EstatePage<'_>,
    ) -> Result<(), Diagnostic> {
        let mut found = estate_page_findings(page, &self.folder);
        found.extend(self.told);
        let automation = format!("plan/{}", page.environment);
        write(context, self.args, &found, &estate_page_suite(page), &automation, &self.folder)
    }
}

/// Writes what kept a plan from being made, where that was asked for.
pub(crate) fn of_failure(session: &mut Session<'_>, args: &PlanArgs) {
    let Some(Findings { told: found, folder, .. }) = Findings::told(session, args) else { return };
    let environment = args.planning.choice.env.clone().unwrap_or_else(|| "all".to_owned());
    let cases = found.iter().filter(|one| one.level == render::Level::Error).map(|one| Case {
        class: environment.clone(),
        name: if one.address.is_empty() { environment.clone() } else { one.address.clone() },
        outcome: Outcome::Broken(one.rule.clone(), format!("{}\n{}", one.summary, one.detail)),
        output: String::new(),
    });
    let suite = Suite { name: format!("plan {environment}"), cases: cases.collect() };
    let (context, automation) = (session.context, format!("plan/{environment}"));
    let written = write(context, args, &found, &suite, &automation, &folder);
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
