//! The bundles of an estate's `policy` blocks: their files read, from a folder, a commit or the program.
//!
//! Where the rules of another commit count, a bundle's folder is read there too. Invariant: a bundle is read whole or the
//! command fails: no plan is judged by a part of it.

use std::path::Path;
use std::sync::Arc;

use diag::{Diagnostic, Diags, Span};
use estate::{EnvironmentIdx, PolicyBlock, PolicySource};
use host::Host;
use plan::Digest;
use policy::{Bundle, BundleFile, Fault, FaultKind, PARTS, starter};

use super::open::EstateFile;

/// Where copies of other repositories stand, each of one block.
const COPIES: &str = ".strata/policies";
/// Deepest folder of a bundle.
const DEPTH_MAX: usize = 32;

/// A bundle and the block that names it.
#[derive(Debug)]
pub struct Ruling {
    /// The block.
    pub block: PolicyBlock,
    /// What its files say.
    pub bundle: Bundle,
}

impl Ruling {
    /// Whether it judges what no layer has any more.
    pub(super) fn judges_nobodys(&self, environment: EnvironmentIdx) -> bool {
        let block = &self.block;
        block.layers.is_none()
            && block.environments.as_ref().is_none_or(|all| all.contains(&environment))
    }
}

/// Reads the bundles of an estate; what is wrong is reported.
pub(super) fn read(host: &Host, file: &EstateFile, diags: &mut Diags) -> Vec<Ruling> {
    let mut rulings = Vec::new();
    for block in &file.estate.policies {
        let files = match files_of_block(host, file, block) {
            Ok(files) => files,
            Err(diagnostic) => {
                diags.push(diagnostic);
                continue;
            }
        };
        match Bundle::read(&files) {
            Err(faults) => faults.iter().for_each(|one| {
                diags.push(fault(one).at(block.header));
            }),
            Ok(bundle) => {
                let before = diags.error_count();
                check(block, &bundle, diags);
                if diags.error_count() == before {
                    rulings.push(Ruling { block: block.clone(), bundle });
                }
            }
        }
    }
    rulings
}

/// A digest of rules with those of bundles behind it; the same where there are none.
pub(super) fn digest<'r>(own: Digest, rulings: impl Iterator<Item = &'r Ruling>) -> Digest {
    let mut text = Vec::new();
    for ruling in rulings {
        let block = &ruling.block;
        let group = block.group.as_ref().map(|group| &*group.node);
        let packages =
            block.packages.as_ref().map(|all| all.iter().map(|one| &*one.node).collect::<Vec<_>>());
        let said =
            (&block.name.node, packages, block.severity, group, block.undecided, &block.values);
        text.extend_from_slice(format!("{said:?}\0").as_bytes());
        text.extend_from_slice(&ruling.bundle.digest());
    }
    match text.is_empty() {
        true => own,
        false => Digest::of(&[&own.0[..], &text].concat()),
    }
}

/// Packages that are named are there, and something decides.
fn check(block: &PolicyBlock, bundle: &Bundle, diags: &mut Diags) {
    for package in block.packages.iter().flatten() {
        if !bundle.has_package(&package.node) {
            diags.push(
                Diagnostic::error("policy-package", format!("No package `{}`", package.node))
                    .detail(format!(
                        "The files of policy `{}` have none of this name.",
                        block.name.node
                    ))
                    .remedy("Name a package as the files do, without `data.`.")
                    .at(package.span),
            );
        }
    }
    if bundle.deciding().is_empty() {
        diags.push(
            Diagnostic::error(
                "policy-empty",
                format!("Policy `{}` decides nothing", block.name.node),
            )
            .detail("Its files have no rule that is called deny, violation, approve or warn.")
            .remedy("Name a folder whose .rego files have such rules.")
            .at(block.header),
        );
    }
}

fn files_of_block(
    host: &Host,
    file: &EstateFile,
    block: &PolicyBlock,
) -> Result<Vec<BundleFile>, Diagnostic> {
    let at = block.header;
    match &block.source {
        PolicySource::Folder(folder) => match &file.base {
            Some(base) => {
                let names = base.files_beneath(&folder.node);
                let prefix = estate::shortest_path(&folder.node);
                let prefix = if prefix.is_empty() { prefix } else { format!("{prefix}/") };
                let named =
                    names.iter().map(|path| (path.strip_prefix(&prefix).unwrap_or(path), path));
                let of = |(name, path): (&str, &String)| match base.file_text(path) {
                    Some(text) => Ok(BundleFile { name: name.into(), text: text.into() }),
                    // A bundle is read whole: what is left out would deny nothing.
                    None => {
                        let what = format!(
                            "{path} of the base is no file of text that can be read (a link is none)"
                        );
                        Err(unreadable(&folder.node, &what, folder.span))
                    }
                };
                named.filter(|(name, _)| Bundle::takes(name)).map(of).collect()
            }
            None => files_of(host, &file.dir.join(&*folder.node))
                .map_err(|error| unreadable(&folder.node, &error, folder.span)),
        },
        PolicySource::Git { url, commit, folder } => {
            let is_path = url.node.starts_with("./") || url.node.starts_with("../");
            let url = match is_path {
                true => file.dir.join(&*url.node).display().to_string(),
                false => url.node.to_string(),
            };
            let copies = file.dir.join(COPIES);
            host.files
                .make_dir(&copies)
                .map_err(|error| unreadable(&url, &error.to_string(), at))?;
            let copy = copies.join(format!("{}.git", block.name.node));
            let takes = |name: &str| Bundle::takes(name);
            let found = vcs::pinned_files(host, &copy, &url, &commit.node, folder, &takes);
            let found = found.map_err(|error| unreadable(&url, &error.to_string(), at))?;
            let of =
                |one: vcs::PinnedFile| BundleFile { name: one.path.into(), text: one.text.into() };
            Ok(found.into_iter().map(of).collect())
        }
        PolicySource::Starter(parts) => {
            let mut files: Vec<BundleFile> = Vec::new();
            for part in parts {
                let own = starter(&part.node).ok_or_else(|| no_part(&part.node, part.span))?;
                files
                    .extend(own.into_iter().filter(|one| !files.contains(one)).collect::<Vec<_>>());
            }
            Ok(files)
        }
    }
}

fn no_part(part: &str, at: Span) -> Diagnostic {
    let names: Vec<&str> = PARTS.iter().map(|(name, _)| *name).collect();
    Diagnostic::error("policy-starter", format!("The starter set has no part `{part}`"))
        .detail(format!("It has: {}.", names.join(", ")))
        .remedy("Name one of these.")
        .at(at)
}

fn unreadable(what: &str, error: &str, at: Span) -> Diagnostic {
    Diagnostic::error("policy-unreadable", "A bundle of policies cannot be read")
        .detail(format!("{what}: {error}."))
        .remedy("Name a folder, or a repository and a commit that it has.")
        .at(at)
}

/// The files of a bundle in a folder, however deep; links are not followed into other folders.
///
/// # Errors
/// Where the folder or a file cannot be read, in words.
pub fn files_of(host: &Host, folder: &Path) -> Result<Vec<BundleFile>, String> {
    let mut files = Vec::new();
    let mut open = vec![(folder.to_owned(), String::new(), 0)];
    while let Some((dir, prefix, depth)) = open.pop() {
        if depth > DEPTH_MAX {
            return Err(format!("{} is more than {DEPTH_MAX} folders deep", dir.display()));
        }
        for name in host.files.list_all(&dir).map_err(|error| error.to_string())? {
            let path = dir.join(&name);
            let own = format!("{prefix}{name}");
            if host.files.is_dir(&path) {
                let is_link = std::fs::symlink_metadata(&path).is_ok_and(|one| one.is_symlink());
                if !is_link && !name.starts_with('.') {
                    open.push((path, format!("{own}/"), depth + 1));
                }
            } else if Bundle::takes(&own) {
                let text = host.files.read_text(&path).map_err(|error| error.to_string())?;
                files.push(BundleFile { name: own.into(), text: text.into() });
            }
        }
    }
    Ok(files)
}

/// A fault of a bundle as a diagnostic.
pub fn fault(fault: &Fault) -> Diagnostic {
    let is_json = fault.place.as_ref().is_some_and(|place| place.file.ends_with(".json"));
    let (code, remedy) = match fault.kind {
        FaultKind::Syntax if is_json => {
            ("policy-syntax", "Write it as JSON; docs/policy.md says what a fixture has.")
        }
        FaultKind::Syntax => {
            ("policy-syntax", "Write it as Rego has it: `opa fmt` and `opa check` tell more.")
        }
        FaultKind::Unknown => {
            ("policy-unknown-name", "Define it, or write the name of what is there.")
        }
        FaultKind::NotTaken => {
            ("policy-not-taken", "Write it without; docs/policy.md says what is taken.")
        }
        FaultKind::Limit => ("policy-limit", "Take the bundle apart, or write it shorter."),
        FaultKind::Failed => ("policy-failed", "Mend the rule: strata policy test shows the same."),
    };
    let text: Arc<str> = fault.to_string().into();
    Diagnostic::error(code, "A policy cannot be used").detail(format!("{text}.")).remedy(remedy)
}
