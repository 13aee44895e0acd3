//! Which forge a pipeline's step speaks to: variables that the pipeline sets, the same for all forges.
//!
//! Invariant: what is missing is told by its name; nothing is guessed from other variables.

use diag::Diagnostic;
use vcs::{ForgeError, ForgeKind, ForgePlace};

use crate::commands::Context;

/// Asks for variables that have to be set.
fn variables<'a>(context: &'a Context<'_>) -> impl Fn(&str) -> Result<String, Diagnostic> + 'a {
    let set = |name: &str| context.host.environment.var(name).filter(|value| !value.is_empty());
    move |name| set(name).map(str::to_owned).ok_or_else(|| not_set(name))
}

fn not_set(name: &str) -> Diagnostic {
    Diagnostic::error("forge-event", format!("{name} is not set"))
        .detail("This command is a step of a pipeline, which says where and for which change it runs.")
        .remedy("Write the pipeline with `strata ci github`, `gitlab` or `jenkins`; docs/ci.md lists the variables.")
}

/// The forge.
pub(super) fn place(context: &Context<'_>) -> Result<ForgePlace, Diagnostic> {
    let asked = variables(context);
    let kind = asked("STRATA_FORGE")?;
    let known = ForgeKind::parse(&kind);
    Ok(ForgePlace {
        kind: known.ok_or_else(|| {
            Diagnostic::error("forge-unknown", "STRATA_FORGE names no forge that is known")
                .detail(format!("It is `{kind}`."))
                .remedy("Set it to github or gitlab; `strata ci` writes pipelines that do.")
        })?,
        api: asked("STRATA_FORGE_API")?,
        repository: asked("STRATA_FORGE_REPOSITORY")?,
        token: asked("STRATA_FORGE_TOKEN")?,
    })
}

/// The number of the pull request.
pub(super) fn number(context: &Context<'_>) -> Result<u64, Diagnostic> {
    let asked = variables(context);
    let text = asked("STRATA_PULL_REQUEST")?;
    text.parse().map_err(|_| {
        Diagnostic::error("forge-event", "The run is of no pull request")
            .detail(format!("STRATA_PULL_REQUEST is `{text}`, which is no number."))
            .remedy("Run this step for events of pull requests alone, as the pipelines of `strata ci` do.")
    })
}

/// The commit that the run is about.
pub(super) fn head(context: &Context<'_>) -> Result<String, Diagnostic> {
    let asked = variables(context);
    let text = asked("STRATA_HEAD")?;
    let is_id = text.len() >= 40 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_id {
        return Ok(text);
    }
    Err(Diagnostic::error("forge-event", "The run is of no commit")
        .detail(format!("STRATA_HEAD is `{text}`, which is no whole id of a commit."))
        .remedy("Set it as the pipelines of `strata ci` do."))
}

/// The branch that is applied.
pub(super) fn branch(context: &Context<'_>) -> Result<String, Diagnostic> {
    let asked = variables(context);
    asked("STRATA_BRANCH")
}

/// Why the forge did not do it.
pub(super) fn failed(what: &str, error: &ForgeError) -> Diagnostic {
    let (code, remedy) = match error {
        ForgeError::Unreachable(_) => {
            ("forge-unreachable", "Run the step again; what was told already is put right by it.")
        }
        ForgeError::Refused { status: 401 | 403 | 404, .. } => (
            "forge-refused",
            "Give the step's token the permissions that docs/ci.md lists, for this repository.",
        ),
        ForgeError::Refused { .. } | ForgeError::Answer { .. } => {
            ("forge-refused", "Look at what the forge says; run the step again where it was busy.")
        }
        ForgeError::TooLong { .. } => {
            ("forge-too-long", "Open a new pull request for the same branch.")
        }
    };
    Diagnostic::error(code, format!("The forge did not {what}"))
        .detail(format!("{error}."))
        .remedy(remedy)
}
