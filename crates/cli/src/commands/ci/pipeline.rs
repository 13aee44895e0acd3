//! `strata ci github|gitlab|jenkins`: the pipeline of this estate.

use std::collections::BTreeSet;
use std::sync::Arc;

use diag::{Diagnostic, Diags};
use estate::{
    Ci, CiApproval, CiCloud, CiForge, CiTrust, CodeScanning, EnvironmentIdx, SecretSource,
    StoreUrl, evaluate_in_environment,
};
use pipeline::{Approval, Forge, HEADER, Pipeline, Program, Scanning, Stage, Trust, is_plain};
use run::estate::EstateFile;

use super::file::{Place, put, text};
use crate::args::CiWriteArgs;
use crate::commands::Context;
use crate::commands::estate::read_file;
use crate::commands::store::no_estate;
use crate::exit::Exit;
use crate::session::{self, Session};

/// The provider lock file where an environment has none of its own.
const LOCK_FILE: &str = ".terraform.lock.hcl";

/// Whose pipeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    GitHub,
    GitLab,
    Jenkins,
}

impl Kind {
    /// Where it looks for its pipeline, from the repository's top.
    fn file(self) -> &'static str {
        match self {
            Kind::GitHub => ".github/workflows/strata.yml",
            Kind::GitLab => ".gitlab-ci.yml",
            Kind::Jenkins => "Jenkinsfile",
        }
    }
}

/// Runs the command.
pub(super) fn run(context: &Context<'_>, kind: Kind, args: &CiWriteArgs) -> Exit {
    session::run(context, 1, |mut session| async move {
        if let Some(text) = written(&mut session, kind, args) {
            session.context.out(&text);
        }
        session.end(Exit::Done)
    })
}

fn written(session: &mut Session<'_>, kind: Kind, args: &CiWriteArgs) -> Option<String> {
    let context = session.context;
    if !context.is_estate() {
        return session.heed(Err(no_estate(context)));
    }
    let file = read_file(session)?;
    let ci = session.heed(file.estate.ci.as_ref().ok_or_else(no_ci))?;
    let place = session.heed(Place::of(context, &file.dir))?;
    let pipeline = described(session, &file, ci, &place, kind)?;
    let new = match kind {
        Kind::GitHub => pipeline::github(&pipeline),
        Kind::GitLab => pipeline::gitlab(&pipeline),
        Kind::Jenkins => pipeline::jenkins(&pipeline),
    };
    let path = ci.file.as_ref().map_or(kind.file(), |file| &*file.node);
    let before = session.heed(text(context, &place, path))?;
    let own = before
        .as_ref()
        .is_none_or(|before| before.lines().next().is_some_and(|line| line.ends_with(HEADER)));
    if !own {
        return session.heed(Err(others(path, ci)));
    }
    session.heed(put(context, &place, (path, before.as_deref(), &new), args))
}

/// The estate as a pipeline; errors are in the session.
fn described(
    session: &mut Session<'_>,
    file: &EstateFile,
    ci: &Ci,
    place: &Place,
    kind: Kind,
) -> Option<Pipeline> {
    let estate = &file.estate;
    let before = session.diags.error_count();
    warn_of_store(file, &mut session.diags);
    let folder = place.folder();
    if !is_plain(&folder) {
        session.diags.push(unfit("The estate's folder", &folder).at(ci.span));
    }
    let program = session.heed(program(ci, kind));
    if kind == Kind::Jenkins && ci.repository.is_none() {
        session.diags.push(no_repository(ci));
    }
    let stages = stages(file, ci, &mut session.diags);
    let own = estate.environments.iter().filter_map(|one| one.lock_file.as_ref());
    let locks: BTreeSet<&str> = own.map(|path| &*path.node).chain([LOCK_FILE]).collect();
    let locks =
        locks.iter().map(|lock| format!("{}{}", place.prefix, lock.trim_start_matches("./")));
    let secrets: BTreeSet<String> = estate
        .secrets
        .iter()
        .filter_map(|secret| match &secret.source {
            SecretSource::Env(name) => Some(name.node.to_string()),
            SecretSource::File(_) | SecretSource::Sops { .. } => None,
        })
        .collect();
    if session.diags.error_count() > before {
        return None;
    }
    let text = |one: &Option<diag::Spanned<Arc<str>>>| one.as_ref().map(|one| one.node.to_string());
    Some(Pipeline {
        estate: estate.name.node.to_string(),
        folder,
        branch: ci.branch.to_string(),
        approval: match ci.approval {
            CiApproval::Signature => Approval::Signature,
            CiApproval::Environment => Approval::Environment,
        },
        program: program?,
        drift: text(&ci.drift),
        runner: text(&ci.runner),
        image: text(&ci.image),
        forge: match ci.forge {
            CiForge::GitHub => Forge::GitHub,
            CiForge::GitLab => Forge::GitLab,
        },
        repository: text(&ci.repository),
        scanning: match ci.code_scanning {
            CodeScanning::Off => Scanning::Off,
            CodeScanning::On => Scanning::On,
        },
        stages,
        locks: locks.collect(),
        store_secrets: store_secrets(file),
        secrets: secrets.into_iter().collect(),
    })
}

/// What opens the store. Who a run is, the forge says itself: that is no secret that anybody keeps.
fn store_secrets(file: &EstateFile) -> Vec<String> {
    let names = run::estate::store_variables(file).into_iter();
    names.filter(|name| !run::who::TOKENS.contains(name)).map(str::to_owned).collect()
}

/// The program that CI runs, which is pinned.
fn program(ci: &Ci, kind: Kind) -> Result<Program, Diagnostic> {
    if let (Some(download), Some(checksum)) = (&ci.download, &ci.checksum) {
        let version = ci.version.as_ref().map_or(env!("CARGO_PKG_VERSION"), |one| &*one.node);
        return Ok(Program::Fetched {
            url: download.node.replace("VERSION", version),
            sha256: checksum.node.to_string(),
        });
    }
    let pinned = ci.image.as_ref().is_some_and(|image| image.node.contains("@sha256:"));
    if kind == Kind::GitLab && pinned {
        return Ok(Program::InImage);
    }
    Err(Diagnostic::error("ci-unpinned", "CI does not know which program to run")
        .detail("It runs one that is named by address and checksum, or at GitLab one in an image that is named by its digest.")
        .remedy("Add `download = \"https://.../strata-VERSION\"` and `checksum = \"SHA256\"` to the `ci` block.")
        .at(ci.span))
}

fn stages(file: &EstateFile, ci: &Ci, diags: &mut Diags) -> Vec<Stage> {
    let estate = &file.estate;
    let all: Vec<EnvironmentIdx> = match &ci.environments {
        Some(chosen) => chosen.clone(),
        None => (0..estate.environments.len()).map(|at| EnvironmentIdx(at as u32)).collect(),
    };
    let name = |one: &EnvironmentIdx| estate[*one].name.node.to_string();
    all.iter()
        .map(|environment| Stage {
            name: name(environment),
            after: estate[*environment]
                .after
                .iter()
                .filter(|one| all.contains(one))
                .map(name)
                .collect(),
            trusts: ci
                .trusts
                .iter()
                .filter_map(|trust| of_trust(file, *environment, trust, diags))
                .collect(),
        })
        .collect()
}

/// Who a run is at a cloud, in an environment.
fn of_trust(
    file: &EstateFile,
    environment: EnvironmentIdx,
    trust: &CiTrust,
    diags: &mut Diags,
) -> Option<Trust> {
    let mut value = |name: &str| {
        let input = trust.attributes.iter().find(|one| &*one.name.text == name)?;
        let value = evaluate_in_environment(&file.estate, environment, &input.expr, diags)?;
        let text = value.as_str().filter(|text| is_plain(text));
        if text.is_none() {
            diags.push(
                unfit(&format!("`{name}` in `{}`", file.estate[environment].name.node), "")
                    .at(input.name.span),
            );
        }
        text.map(str::to_owned)
    };
    let audience = value("audience");
    let mut needed = |name: &str| value(name);
    Some(match trust.cloud {
        CiCloud::Aws => Trust::Aws {
            audience: audience.unwrap_or_else(|| "sts.amazonaws.com".to_owned()),
            plan_role: needed("plan_role")?,
            apply_role: needed("apply_role")?,
        },
        CiCloud::Azure => Trust::Azure {
            audience: audience.unwrap_or_else(|| "api://AzureADTokenExchange".to_owned()),
            tenant_id: needed("tenant_id")?,
            plan_client_id: needed("plan_client_id")?,
            apply_client_id: needed("apply_client_id")?,
        },
        CiCloud::Google => {
            let provider = needed("provider")?;
            Trust::Google {
                audience: audience
                    .unwrap_or_else(|| format!("https://iam.googleapis.com/{provider}")),
                provider,
                plan_account: needed("plan_account"),
                apply_account: needed("apply_account"),
            }
        }
    })
}

/// A store on one machine's disk, or a key in a file that is never committed, is not there in a run.
fn warn_of_store(file: &EstateFile, diags: &mut Diags) {
    let estate = &file.estate;
    let local = match &estate.store.node {
        StoreUrl::Sqlite(path) => !path.starts_with('/'),
        StoreUrl::Postgres(_) => false,
    };
    if local {
        diags.push(
            Diagnostic::warning("ci-store", "CI will not find the estate's store")
                .detail("It is a file in this folder, which is never committed; each run begins with a fresh clone.")
                .remedy("Move it to PostgreSQL before the pipeline runs: `strata store copy`.")
                .at(estate.store.span),
        );
    }
    let key = estate.seal.as_ref();
    if key
        .is_none_or(|key| key.node.strip_prefix("file:").is_some_and(|path| !path.starts_with('/')))
    {
        diags.push(
            Diagnostic::warning("ci-seal", "CI will not find the estate's master key")
                .detail("It is a file in this folder, which is never committed.")
                .remedy("Write `seal = \"env:STRATA_SEAL\"` in the `estate` block, and keep the key as a secret of that name in CI.")
                .at(key.map_or(estate.span, |key| key.span)),
        );
    }
}

fn no_ci() -> Diagnostic {
    Diagnostic::error("ci-missing", "strata.hcl says nothing of CI")
        .detail("Its `ci` block says which program CI runs, which branch is applied, and what lets a plan be applied.")
        .remedy("Add `ci { download = \"https://.../strata-VERSION\", checksum = \"SHA256\" }`, an argument a line; docs/ci.md has the rest.")
}

fn no_repository(ci: &Ci) -> Diagnostic {
    Diagnostic::error("ci-repository", "Jenkins does not know which repository at the forge this is")
        .detail("The comment and the checks of a pull request are the forge's, and Jenkins does not say where it is.")
        .remedy("Add `repository = \"OWNER/NAME\"` to the `ci` block, and `forge = \"gitlab\"` where it is GitLab.")
        .at(ci.span)
}

fn others(path: &str, ci: &Ci) -> Diagnostic {
    Diagnostic::error("ci-others-file", format!("{path} was not written by `strata ci`"))
        .detail("It is left as it is.")
        .remedy("Name another file with `file` in the `ci` block, and include it from there; or move it away.")
        .at(ci.span)
}

fn unfit(what: &str, text: &str) -> Diagnostic {
    let shown = if text.is_empty() { String::new() } else { format!(" `{text}`") };
    Diagnostic::error("ci-text", format!("{what}{shown} cannot stand in a pipeline"))
        .detail("What stands there is text of letters, digits and . _ / : @ + = , % ~ -, so that nothing of it is taken for a step.")
        .remedy("Write it with these alone.")
}
