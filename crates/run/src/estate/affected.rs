//! What changed in an estate since a commit, and whom it affects.
//!
//! Read once for all environments. Which instances a change touches is `estate`'s to say.
//!
//! Invariant: nothing is written, and what cannot be read as it was counts as changed.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use diag::{Diagnostic, Diags, SourceMap};
use estate::{Affected, Change, Estate, StackGraph, StackIdx};
use host::Host;
use syntax::ExprKind;
use vcs::{Commit, Repository, VcsError};

use super::check::Checked;
use super::modules::Module;
use super::open::EstateFile;
use super::past::Past;

/// The provider lock file of an estate, where an environment has none of its own.
const LOCK_FILE: &str = ".terraform.lock.hcl";

/// What changed since a commit.
pub struct Since {
    /// The commit's whole id.
    pub commit: String,
    /// Changed files, relative to the estate's folder.
    pub files: Vec<String>,
    before: Option<Estate>,
    /// Providers that are locked to another version, by lock file.
    relocked: BTreeMap<String, BTreeSet<String>>,
}

impl Since {
    /// Reads what changed between a commit and the files as they are.
    ///
    /// # Errors
    /// Where the folder is in no repository, nothing has that name, or Git fails.
    pub fn read(host: &Host, file: &EstateFile, reference: &str) -> Result<Since, Diagnostic> {
        let told = |error: VcsError| failed(reference, &error);
        let repository = Repository::of(host, &file.dir).map_err(told)?;
        let commit = repository.commit(reference).map_err(told)?;
        let files = repository.changed(&commit).map_err(told)?;
        let before = before(&repository, &commit).map_err(told)?;
        let mut relocked = BTreeMap::new();
        let own = file.estate.environments.iter().filter_map(|one| one.lock_file.as_ref());
        for path in own.map(|path| &*path.node).chain([LOCK_FILE]) {
            let path = path.trim_start_matches("./");
            if files.iter().any(|file| file == path) {
                let was = repository.text(&commit, path).map_err(told)?.unwrap_or_default();
                let now = host.files.read_text(&file.dir.join(path)).unwrap_or_default();
                relocked.insert(path.to_owned(), differing(&locked(&was), &locked(&now)));
            }
        }
        Ok(Since { commit: commit.id().to_owned(), files, before, relocked })
    }

    /// What changes by an edit of one file of a stack, by its path from the estate's folder; no commit is looked at.
    pub fn edited(file: &EstateFile, path: String) -> Since {
        let before = Some(file.estate.clone());
        Since { commit: String::new(), files: vec![path], before, relocked: BTreeMap::new() }
    }

    /// Whom it affects in the environment of a graph.
    pub fn affected(&self, file: &EstateFile, checked: &Checked, graph: &StackGraph) -> Affected {
        let estate = &file.estate;
        let mut facts: BTreeMap<StackIdx, Facts<'_>> = BTreeMap::new();
        for instance in &graph.order {
            facts.entry(instance.stack).or_insert_with(|| {
                Facts::of(&estate[instance.stack].source.node, checked.module(instance))
            });
        }
        let lock = estate[graph.environment].lock_file.as_ref();
        let lock = lock.map_or(LOCK_FILE, |path| path.node.trim_start_matches("./"));
        let none = BTreeSet::new();
        let closures: BTreeMap<StackIdx, Asked<'_>> =
            facts.iter().map(|(stack, facts)| (*stack, facts.asked())).collect();
        let module = |stack: StackIdx| {
            let (facts, asked) = (facts.get(&stack)?, closures.get(&stack)?);
            Some(estate::Module {
                folders: &facts.folders,
                declares: &*asked.declares,
                mentions: &*asked.mentions,
                providers: &facts.providers,
            })
        };
        let change = Change {
            files: &self.files,
            before: self.before.as_ref(),
            relocked: self.relocked.get(lock).unwrap_or(&none),
            module: &module,
        };
        estate::affected(estate, graph, &change)
    }
}

/// What is known of a root module.
struct Facts<'a> {
    folders: Vec<String>,
    providers: BTreeSet<String>,
    module: &'a Module,
}

/// Questions to a root module.
struct Asked<'a> {
    declares: Box<dyn Fn(&str) -> bool + 'a>,
    mentions: Box<dyn Fn(&str) -> bool + 'a>,
}

impl<'a> Facts<'a> {
    fn of(source: &str, module: &'a Module) -> Facts<'a> {
        let folder = |path: &str| path.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
        let inner: HashSet<String> =
            module.loaded.files.iter().map(|(path, _)| folder(path)).collect();
        let folders = inner.iter().map(|inner| estate::shortest_path(&format!("{source}/{inner}")));
        let providers = crate::providers::requirements(&module.loaded.config);
        Facts {
            folders: folders.collect(),
            providers: providers.keys().map(ToString::to_string).collect(),
            module,
        }
    }

    fn asked(&self) -> Asked<'a> {
        let module = self.module;
        Asked {
            declares: Box::new(|name| module.interface.variables.contains_key(name)),
            mentions: Box::new(|name| {
                module.loaded.files.iter().any(|(_, text)| text.contains(name))
            }),
        }
    }
}

/// The estate as it was; `None` where there was none that can be read.
fn before(repository: &Repository, commit: &Commit) -> Result<Option<Estate>, VcsError> {
    let (mut sources, mut diags) = (SourceMap::new(), Diags::new());
    let past = Past::read(repository, commit)?;
    Ok(past.and_then(|past| past.parse("", &mut sources, &mut diags)).map(|said| said.estate))
}

/// Versions by provider, as a lock file has them.
fn locked(text: &str) -> BTreeMap<String, String> {
    let (mut sources, mut diags) = (SourceMap::new(), Diags::new());
    let file = syntax::parse_native(sources.add(LOCK_FILE, text), text, &mut diags);
    let blocks = file.body.blocks_of("provider");
    let entries = blocks.filter_map(|block| {
        let name = block.labels.first()?.text.to_string();
        match &block.body.attribute("version")?.expr.kind {
            ExprKind::Str(version) => Some((name, version.to_string())),
            _ => None,
        }
    });
    entries.collect()
}

fn differing(was: &BTreeMap<String, String>, now: &BTreeMap<String, String>) -> BTreeSet<String> {
    let names = was.keys().chain(now.keys());
    names.filter(|name| was.get(*name) != now.get(*name)).cloned().collect()
}

pub(super) fn failed(reference: &str, error: &VcsError) -> Diagnostic {
    let (code, remedy) = match error {
        VcsError::NoProgram => ("git-missing", "Install Git, or name the stacks themselves."),
        VcsError::NoRepository(_) => {
            ("git-no-repository", "Keep the estate in Git, or name the stacks themselves.")
        }
        VcsError::UnknownReference(_) => (
            "git-reference",
            "Name a branch, a tag or a commit; a shallow clone has to fetch it first. `main...` means where HEAD left main.",
        ),
        VcsError::AmbiguousReference(..) => (
            "git-reference",
            "Name the commit by its id, or the reference whole: refs/remotes/origin/main.",
        ),
        VcsError::Command { .. } => {
            ("git-failed", "Mend what Git says, or name the stacks themselves.")
        }
    };
    Diagnostic::error(code, format!("What changed since `{reference}` cannot be told"))
        .detail(format!("{error}."))
        .remedy(remedy)
}
