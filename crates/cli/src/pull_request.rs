//! A session that plans a change which nobody has let in yet.
//!
//! What is refused is `run`'s to say. Invariant: a session is a pull request's from before anything of the change is read,
//! or never.

use std::sync::Arc;

use diag::Diagnostic;
use run::estate::pull_request::{Author, Base, PullRequest};
use run::estate::{Checked, EstateFile};
use run::providers::Providers;
use run::secrets::SecretReader;

use crate::args::{PullRequestArgs, RehearsalArgs, RulesArgs};
use crate::session::Session;

/// Makes the session a pull request's where the options ask for it; errors are in the session.
pub(crate) fn begin_where_asked(session: &mut Session<'_>, args: &PullRequestArgs) -> Option<()> {
    let (true, Some(reference)) = (args.pull_request, &args.base) else { return Some(()) };
    let context = session.context;
    if !context.is_estate() {
        session.diags.push(no_estate());
        return None;
    }
    let author = if args.stranger { Author::Stranger } else { Author::Member };
    let (sources, diags) = (&mut session.sources, &mut session.diags);
    let begun =
        PullRequest::begin(context.host, &context.dir, (reference, author), sources, diags)?;
    session.base = Some(begun.base.clone());
    session.shared.bounds = Some(begun.bounds.clone());
    session.pull_request = Some(begun);
    Some(())
}

/// How the session is rehearsed: as the options say, and a stranger's change in any case.
pub(crate) fn rehearsal(args: &PullRequestArgs, rehearsal: &RehearsalArgs) -> RehearsalArgs {
    RehearsalArgs { rehearse: rehearsal.rehearse || args.stranger, cloud: rehearsal.cloud.clone() }
}

/// Counts approvals under the rules of a commit where the options name one; errors are in the session.
pub(crate) fn rules_where_asked(session: &mut Session<'_>, args: &RulesArgs) -> Option<()> {
    let Some(reference) = &args.base else { return Some(()) };
    let context = session.context;
    if !context.is_estate() {
        session.diags.push(no_estate());
        return None;
    }
    let (sources, diags) = (&mut session.sources, &mut session.diags);
    let base = Base::read(context.host, &context.dir, reference, sources, diags)?;
    session.base = Some(Arc::new(base));
    Some(())
}

/// The estate's file as the session takes it: under the base's rules, where there is one.
pub(crate) fn taken(session: &mut Session<'_>, file: EstateFile) -> Option<EstateFile> {
    let Some(base) = &session.base else { return Some(file) };
    let Some(change) = &session.pull_request else {
        return run::estate::pull_request::ruled(file, base, &mut session.diags);
    };
    let before = session.diags.error_count();
    change.check_file(&file, &session.sources, &mut session.diags);
    let file = EstateFile { bounds: Some(change.bounds.clone()), ..file };
    let ruled = run::estate::pull_request::ruled(file, base, &mut session.diags)?;
    (session.diags.error_count() == before).then_some(ruled)
}

/// Looks at the root modules of a pull request; what is refused is in the session.
pub(crate) fn check_modules(session: &mut Session<'_>, file: &EstateFile, checked: &Checked) {
    if let Some(change) = &session.pull_request {
        change.check_modules(file, checked, &session.sources, &mut session.diags);
    }
}

/// Providers as the session may start them: those of a pull request see little, and not all are started.
pub(crate) fn bounded(session: &Session<'_>, providers: Providers) -> Providers {
    let Some(change) = &session.pull_request else { return providers };
    let (seen, admitted) = (change.base.clone(), change.base.clone());
    providers
        .seeing(&|name| seen.shows_variable(name))
        .admitting(Arc::new(move |provider| admitted.against_provider(provider)))
}

/// Secrets as the session gives them out.
pub(crate) fn withheld(session: &Session<'_>, secrets: SecretReader) -> SecretReader {
    let Some(change) = &session.pull_request else { return secrets };
    let named = match (change.author, change.base.allows()) {
        (Author::Member, Some(allows)) => {
            allows.secrets.iter().map(|one| one.node.clone()).collect()
        }
        _ => Default::default(),
    };
    secrets.only(named)
}

/// Whether a provider may be started to tell its schema, in a rehearsal.
pub(crate) fn may_start_processes(session: &Session<'_>) -> bool {
    session.pull_request.as_ref().is_none_or(|change| change.author == Author::Member)
}

fn no_estate() -> Diagnostic {
    Diagnostic::error("pull-request-estate", "A pull request is planned in an estate")
        .detail("Which rules count for a change is said by the strata.hcl of what it is merged into; this folder has none.")
        .remedy("Go to the folder of strata.hcl, or name it with -chdir=DIR.")
}
