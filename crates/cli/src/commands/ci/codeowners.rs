//! `strata ci codeowners`: who owns which files, from the owners of stacks.
//!
//! A stack's folder has the owners of the stack, a local module those of all stacks that call it. Invariant: what says who
//! approves what is owned by those who own the lowest layer that has owners.

use std::collections::{BTreeMap, BTreeSet};

use diag::Diagnostic;
use estate::{Ci, EnvironmentIdx, Estate, shortest_path};
use pipeline::{Owned, merged, section};
use run::estate::{Checked, EstateFile, Strictness};

use super::file::{Place, put, text};
use crate::args::CiWriteArgs;
use crate::commands::Context;
use crate::commands::estate::read_file;
use crate::commands::store::no_estate;
use crate::exit::Exit;
use crate::session::{self, Session};

/// Where forges look, the first that is there counts; where none is, GitHub's own place is made.
const PLACES: [&str; 4] =
    [".github/CODEOWNERS", ".gitlab/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"];

/// Runs the command.
pub(super) fn run(context: &Context<'_>, args: &CiWriteArgs) -> Exit {
    session::run(context, 1, |mut session| async move {
        if let Some(text) = written(&mut session, args) {
            session.context.out(&text);
        }
        session.end(Exit::Done)
    })
}

fn written(session: &mut Session<'_>, args: &CiWriteArgs) -> Option<String> {
    let context = session.context;
    if !context.is_estate() {
        return session.heed(Err(no_estate(context)));
    }
    let file = read_file(session)?;
    let ci = session.heed(file.estate.ci.as_ref().ok_or_else(no_owners))?;
    let place = session.heed(Place::of(context, &file.dir))?;
    let environments: Vec<EnvironmentIdx> =
        (0..file.estate.environments.len()).map(|at| EnvironmentIdx(at as u32)).collect();
    let (sources, diags) = (&mut session.sources, &mut session.diags);
    let checked =
        run::estate::check(context.host, &file, &environments, Strictness::Errors, sources, diags)?;
    let names = session.heed(names(&file.estate, ci))?;
    let exists = |path: &&str| context.host.files.exists(&place.top.join(path));
    let path = PLACES.into_iter().find(exists).unwrap_or(PLACES[0]);
    let owned = owned(&file, &checked, &names, &place.prefix, path);
    let before = session.heed(text(context, &place, path))?;
    let new = merged(before.as_deref().unwrap_or_default(), &section(&owned));
    let new = session.heed(new.ok_or_else(|| broken(path)))?;
    session.heed(put(context, &place, (path, before.as_deref(), &new), args))
}

/// Who a group is at the forge, of every group that owns something.
type Names = BTreeMap<String, String>;

fn names(estate: &Estate, ci: &Ci) -> Result<Names, Diagnostic> {
    let names: Names = ci
        .owners
        .iter()
        .map(|one| (one.group.node.to_string(), one.name.node.to_string()))
        .collect();
    let used = estate
        .layers
        .iter()
        .flat_map(|layer| &layer.owners)
        .chain(estate.stacks.iter().flat_map(|stack| stack.owners.iter().flatten()));
    let lacking: BTreeSet<&str> =
        used.map(|group| &*group.node).filter(|group| !names.contains_key(*group)).collect();
    if lacking.is_empty() {
        return Ok(names);
    }
    let lacking: Vec<&str> = lacking.into_iter().collect();
    Err(Diagnostic::error("ci-owner-unknown", "Groups that the forge does not know")
        .detail(format!(
            "`owners` in the `ci` block does not say who these are there: {}.",
            lacking.join(", ")
        ))
        .remedy(format!("Add `owners = {{ {} = \"@ORG/TEAM\" }}`.", lacking[0]))
        .at(ci.span))
}

fn owned(
    file: &EstateFile,
    checked: &Checked,
    names: &Names,
    prefix: &str,
    own_path: &str,
) -> Vec<Owned> {
    let estate = &file.estate;
    let of = |groups: &[diag::Spanned<std::sync::Arc<str>>]| -> BTreeSet<String> {
        groups.iter().filter_map(|group| names.get(&*group.node).cloned()).collect()
    };
    let rules = estate.layers.iter().map(|layer| of(&layer.owners)).find(|one| !one.is_empty());
    let rules = rules.unwrap_or_default();
    let ci = estate.ci.as_ref();
    let mut all: Vec<Owned> = Vec::new();
    let mut add = |path: String, owners: BTreeSet<String>| all.push(Owned { path, owners });
    let pipelines = [".github/workflows/", ".gitlab-ci.yml", "Jenkinsfile"];
    let named = ci.and_then(|ci| ci.file.as_ref()).map(|file| file.node.to_string());
    for path in pipelines.iter().map(|&path| path.to_owned()).chain(named) {
        add(path, rules.clone());
    }
    add(own_path.to_owned(), rules.clone());
    let locks = estate.environments.iter().filter_map(|one| one.lock_file.as_ref());
    let groups = estate.groups.iter().map(|group| &*group.signers.node);
    let own = ["strata.hcl", ".terraform.lock.hcl"].into_iter();
    for path in own.chain(locks.map(|path| &*path.node)).chain(groups) {
        add(from_top(prefix, path), rules.clone());
    }
    for (stack, module) in checked.modules.stacks() {
        let owners = of(estate.owners_of(stack));
        let source = &estate[stack].source.node;
        add(format!("{}/", from_top(prefix, source)), owners.clone());
        let folders: BTreeSet<String> = module
            .loaded
            .files
            .iter()
            .filter_map(|(path, _)| path.rsplit_once('/').map(|(folder, _)| folder))
            .map(|folder| from_top(prefix, &format!("{source}/{folder}")))
            .collect();
        for folder in folders {
            add(format!("{folder}/"), owners.clone());
        }
    }
    all
}

/// A path of the estate from the repository's top.
fn from_top(prefix: &str, path: &str) -> String {
    shortest_path(&format!("{prefix}{path}"))
}

fn no_owners() -> Diagnostic {
    Diagnostic::error("ci-missing", "strata.hcl says nothing of CI")
        .detail("`owners` in its `ci` block says who groups are at the forge.")
        .remedy("Add `ci { owners = { GROUP = \"@ORG/TEAM\" } }`.")
}

fn broken(path: &str) -> Diagnostic {
    Diagnostic::error("ci-marks", format!("The marks of Strata's part in {path} are broken"))
        .detail("There is one line `# strata: begin` and one `# strata: end` after it, or none of both.")
        .remedy("Take out what is between them, and the marks; then write it again.")
}
