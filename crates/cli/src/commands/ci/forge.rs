//! Which forge a pipeline's step speaks to: variables that the pipeline sets, the same for all forges.
//!
//! Invariant: what is missing is told by its name; nothing is guessed from other variables.

use diag::Diagnostic;
use vcs::{ForgeError, ForgeKind, ForgePlace};

use crate::commands::Context;

/// What the variables say.
struct Said {
    kind: Variable,
    api: Variable,
    repository: Variable,
    token: Variable,
    number: Variable,
    head: Variable,
    branch: Variable,
}

/// A variable that has to be set.
struct Variable {
    name: &'static str,
    value: Option<String>,
}

impl Said {
    fn read(context: &Context<'_>) -> Said {
        let asked = |name: &str| context.host.environment.var(name).map(str::to_owned);
        let of = |name, value: Option<String>| Variable {
            name,
            value: value.filter(|value| !value.is_empty()),
        };
        Said {
            kind: of("STRATA_FORGE", asked("STRATA_FORGE")),
            api: of("STRATA_FORGE_API", asked("STRATA_FORGE_API")),
            repository: of("STRATA_FORGE_REPOSITORY", asked("STRATA_FORGE_REPOSITORY")),
            token: of("STRATA_FORGE_TOKEN", asked("STRATA_FORGE_TOKEN")),
            number: of("STRATA_PULL_REQUEST", asked("STRATA_PULL_REQUEST")),
            head: of("STRATA_HEAD", asked("STRATA_HEAD")),
            branch: of("STRATA_BRANCH", asked("STRATA_BRANCH")),
        }
    }
}

impl Variable {
    fn needed(self) -> Result<String, Diagnostic> {
        let name = self.name;
        self.value.ok_or_else(|| {
            Diagnostic::error("forge-event", format!("{name} is not set"))
                .detail("This command is a step of a pipeline, which says where and for which change it runs.")
                .remedy("Write the pipeline with `strata ci github`, `gitlab` or `jenkins`; docs/ci.md lists the variables.")
        })
    }
}

/// The forge.
pub(super) fn place(context: &Context<'_>) -> Result<ForgePlace, Diagnostic> {
    let said = Said::read(context);
    let kind = said.kind.needed()?;
    let known = ForgeKind::parse(&kind);
    Ok(ForgePlace {
        kind: known.ok_or_else(|| {
            Diagnostic::error("forge-unknown", "STRATA_FORGE names no forge that is known")
                .detail(format!("It is `{kind}`."))
                .remedy("Set it to github or gitlab; `strata ci` writes pipelines that do.")
        })?,
        api: said.api.needed()?,
        repository: said.repository.needed()?,
        token: said.token.needed()?,
    })
}

/// The number of the pull request.
pub(super) fn number(context: &Context<'_>) -> Result<u64, Diagnostic> {
    let text = Said::read(context).number.needed()?;
    text.parse().map_err(|_| {
        Diagnostic::error("forge-event", "The run is of no pull request")
            .detail(format!("STRATA_PULL_REQUEST is `{text}`, which is no number."))
            .remedy("Run this step for events of pull requests alone, as the pipelines of `strata ci` do.")
    })
}

/// The commit that the run is about.
pub(super) fn head(context: &Context<'_>) -> Result<String, Diagnostic> {
    let text = Said::read(context).head.needed()?;
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
    Said::read(context).branch.needed()
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
