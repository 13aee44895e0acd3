//! The commit that a change is to be merged into: its rules, and what it lets pull requests do.
//!
//! Read through Git's own objects; nothing of the working tree takes part.
//! Invariant: what cannot be read there is an error, never an empty rule.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use addr::ProviderAddr;
use diag::{Diagnostic, Diags, SourceMap};
use estate::{Estate, GuardedSettings, PullRequests};
use host::Host;
use provider::discovery::Locks;
use vcs::{Commit, Entry, EntryKind, Repository, VcsError};

use super::super::affected::failed;
use super::super::past::{Past, Said};

/// The lock file where an environment has none of its own.
const LOCK_FILE: &str = ".terraform.lock.hcl";
/// Digits of a commit's id that people are shown.
const SHORT: usize = 12;

/// What a change is to be merged into.
#[derive(Debug)]
pub struct Base {
    /// What it says.
    pub estate: Estate,
    /// As people are shown it: `base 4be91c2d01aa`.
    pub shown: String,
    /// The texts of the groups' files, by the paths in the estate's file.
    signers: BTreeMap<Arc<str>, Arc<str>>,
    /// Providers that one of its lock files has.
    pub(super) locked: BTreeSet<ProviderAddr>,
    /// Guarded settings, by the path of the file and their place.
    pub(super) settings: BTreeMap<String, GuardedSettings>,
    /// What it holds, by path from the top.
    pub(super) entries: BTreeMap<String, Entry>,
    pub(super) repository: Repository,
    pub(super) commit: Commit,
}

impl Base {
    /// Reads the commit that a name stands for; `None` where it cannot be read, which is reported.
    pub fn read(
        host: &Host,
        dir: &Path,
        reference: &str,
        sources: &mut SourceMap,
        diags: &mut Diags,
    ) -> Option<Base> {
        match Base::of(host, dir, reference, sources, diags) {
            Ok(found) => found,
            Err(error) => {
                diags.push(failed(reference, &error));
                None
            }
        }
    }

    fn of(
        host: &Host,
        dir: &Path,
        reference: &str,
        sources: &mut SourceMap,
        diags: &mut Diags,
    ) -> Result<Option<Base>, VcsError> {
        let repository = Repository::of(host, dir)?;
        let commit = repository.commit_of_one(reference)?;
        let short = commit.id().get(..SHORT).unwrap_or(commit.id());
        let shown = format!("base {short}");
        let past = Past::read(&repository, &commit)?;
        let suffix = format!(" ({shown})");
        let said = past.and_then(|past| past.parse(&suffix, sources, diags));
        let Some(Said { estate, files }) = said else {
            diags.push(without_rules(reference, &shown));
            return Ok(None);
        };
        let mut signers = BTreeMap::new();
        for group in &estate.groups {
            let path = &group.signers.node;
            if let Some(text) = repository.text(&commit, path)? {
                signers.insert(path.clone(), text.into());
            }
        }
        let mut locked = BTreeSet::new();
        let own = estate.environments.iter().filter_map(|one| one.lock_file.as_ref());
        for path in own.map(|path| &*path.node).chain([LOCK_FILE]) {
            let text = repository.text(&commit, path)?.unwrap_or_default();
            let file = sources.add(format!("{path}{suffix}"), text.as_str());
            locked.extend(Locks::read(file, &text, diags).iter().map(|(addr, _)| addr.clone()));
        }
        let settings =
            files.iter().map(|(path, text, file)| (path.clone(), estate::guarded(file, text)));
        let settings = settings.collect();
        let entries = repository.entries(&commit)?;
        let entries = entries.into_iter().map(|entry| (entry.path.clone(), entry)).collect();
        Ok(Some(Base { estate, shown, signers, locked, settings, entries, repository, commit }))
    }

    /// The commit's id, as short as people write it.
    pub fn short_id(&self) -> &str {
        let id = self.commit.id();
        id.get(..SHORT).unwrap_or(id)
    }

    /// The text of a group's file, by its path in the estate's file.
    pub fn signers(&self, path: &str) -> Option<String> {
        self.signers.get(path).map(|text| text.to_string())
    }

    /// Groups whose files read otherwise in the working tree, as a part of a sentence.
    pub(super) fn changed_signers(&self, dir: &Path) -> Vec<String> {
        let same = |path: &str, text: &str| {
            std::fs::read_to_string(dir.join(path)).is_ok_and(|now| now == text)
        };
        let changed = self.signers.iter().filter(|(path, text)| !same(path, text));
        changed.map(|(path, _)| format!("the signers in {path}")).collect()
    }

    /// What pull requests may do.
    pub fn allows(&self) -> Option<&PullRequests> {
        self.estate.pull_requests.as_ref()
    }

    /// The text of a file by its path from the estate's folder; `None` where there is none, or none that is text.
    pub fn text(&self, path: &str) -> Option<String> {
        self.repository.text(&self.commit, path).ok().flatten()
    }

    /// The files beneath a folder of the estate, however deep, by their paths from the estate's folder; sorted. Links are
    /// among them, and have no text: where they lead is the working tree's.
    pub fn files_beneath(&self, folder: &str) -> Vec<String> {
        let Some(top) = self.repository.from_top_of(folder) else { return Vec::new() };
        let top = if top.is_empty() { top } else { format!("{top}/") };
        let folder = estate::shortest_path(folder);
        let prefix = if folder.is_empty() { folder } else { format!("{folder}/") };
        let beneath = self.entries.range(top.clone()..);
        let beneath = beneath.take_while(|(path, _)| path.starts_with(&top));
        beneath.map(|(path, _)| format!("{prefix}{}", &path[top.len()..])).collect()
    }

    /// The text of a file, by its path from the estate's folder; `None` where it is none, a link or a submodule, or no text.
    pub fn file_text(&self, path: &str) -> Option<String> {
        let at = self.repository.from_top_of(path)?;
        let entry = self.entries.get(&at)?;
        if entry.kind != EntryKind::File {
            return None;
        }
        self.text(path)
    }

    /// The files beneath a folder, by path from the repository's top.
    pub(super) fn files_in(&self, folder: &str) -> impl Iterator<Item = &Entry> {
        let inside = move |path: &str| match path.rsplit_once('/') {
            Some((dir, _)) => dir == folder,
            None => folder.is_empty(),
        };
        let folder = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let from = self.entries.range(folder.clone()..);
        let beneath = from.take_while(move |(path, _)| path.starts_with(&folder));
        beneath.map(|(_, entry)| entry).filter(move |entry| inside(&entry.path))
    }
}

fn without_rules(reference: &str, shown: &str) -> Diagnostic {
    Diagnostic::error("pull-request-base", "Nothing says which rules count")
        .detail(format!("`{reference}` ({shown}) has no strata.hcl that can be read."))
        .remedy("Name the branch that the change is to be merged into, with an estate in it; the first estate comes in by review alone.")
}
