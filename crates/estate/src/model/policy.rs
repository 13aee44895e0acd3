//! `policy` blocks, as data: which bundles judge plans, of which stacks, and how hard.
//!
//! Not what a bundle says (crate `policy`). Invariant: a bundle of Git names a whole commit, never a branch.

use std::sync::Arc;

use diag::{Span, Spanned};

use super::{EnvironmentIdx, Estate, LayerIdx, StackIdx};

/// A bundle of policies and the stacks that it judges.
#[derive(Clone, Debug)]
pub struct PolicyBlock {
    /// Its name, by which findings are told.
    pub name: Spanned<Arc<str>>,
    /// Where its files are.
    pub source: PolicySource,
    /// The packages whose rules decide; every package that has such rules where the file does not say.
    pub packages: Option<Vec<Spanned<Arc<str>>>>,
    /// The environments whose plans it judges; all where the file does not say.
    pub environments: Option<Vec<EnvironmentIdx>>,
    /// The layers whose stacks it judges; all where the file does not say.
    pub layers: Option<Vec<LayerIdx>>,
    /// What its findings come to at most; as each rule says where the file does not.
    pub severity: Option<PolicySeverity>,
    /// The group whose approval its `approve` findings need where a finding names none; the stack's owners where the
    /// file names none either.
    pub group: Option<Spanned<Arc<str>>>,
    /// What becomes of a finding that is not decided just before a stack's calls.
    pub undecided: PolicyUndecided,
    /// What its files read as `input.strata.values`: one JSON object.
    pub values: Arc<str>,
    /// `policy "NAME"`.
    pub header: Span,
}

/// Where the files of a bundle are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PolicySource {
    /// In a folder, relative to the estate's.
    Folder(Spanned<Arc<str>>),
    /// In a Git repository, at one commit.
    Git {
        /// What `git fetch` takes: an address, or a path relative to the estate's folder.
        url: Spanned<Arc<str>>,
        /// The commit: 40 or 64 hexadecimal digits.
        commit: Spanned<Arc<str>>,
        /// The folder inside; the whole repository where it is empty.
        folder: Arc<str>,
    },
    /// In the program: parts of the starter set.
    Starter(Vec<Spanned<Arc<str>>>),
}

impl PolicySource {
    /// Whether two sources name the same, wherever they stand.
    pub fn is_same(&self, other: &PolicySource) -> bool {
        let texts = |all: &[Spanned<Arc<str>>]| -> Vec<Arc<str>> {
            all.iter().map(|one| one.node.clone()).collect()
        };
        match (self, other) {
            (PolicySource::Folder(a), PolicySource::Folder(b)) => a.node == b.node,
            (PolicySource::Starter(a), PolicySource::Starter(b)) => texts(a) == texts(b),
            (
                PolicySource::Git { url, commit, folder },
                PolicySource::Git { url: other, commit: pin, folder: inside },
            ) => url.node == other.node && commit.node == pin.node && folder == inside,
            _ => false,
        }
    }
}

/// What the findings of a bundle come to at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PolicySeverity {
    /// They warn.
    Warn,
    /// They need a group's approval.
    Approve,
    /// As the rules say: what they deny is denied.
    Deny,
}

/// What becomes of findings that are not decided just before a stack's calls, because the calls themselves will tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum PolicyUndecided {
    /// They are told.
    #[default]
    Warn,
    /// They refuse.
    Deny,
}

impl PolicyBlock {
    /// Whether it judges the plans of a stack in an environment.
    pub fn judges(&self, estate: &Estate, environment: EnvironmentIdx, stack: StackIdx) -> bool {
        let layer = estate[stack].layer;
        self.environments.as_ref().is_none_or(|all| all.contains(&environment))
            && self.layers.as_ref().is_none_or(|all| all.contains(&layer))
    }
}
