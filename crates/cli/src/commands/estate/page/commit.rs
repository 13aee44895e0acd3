//! Which commit was planned, and what it goes onto, as version control says.
//!
//! A folder without version control has neither, and the page does without.

use vcs::Repository;

use super::Source;

/// Letters of a short id.
const SHORT: usize = 7;

/// Commits by their short ids.
#[derive(Default)]
pub(super) struct Commits {
    /// That of the working tree.
    pub(super) head: Option<String>,
    /// The one where it left the branch that it goes onto, if that is another.
    pub(super) onto: Option<String>,
    /// Whether files differ from the commit.
    dirty: bool,
}

impl Commits {
    /// The commit as the foot has it.
    pub(super) fn shown(&self) -> Option<String> {
        let head = self.head.as_ref()?;
        Some(if self.dirty { format!("{head} and what is not committed") } else { head.clone() })
    }
}

/// The commits of the estate's folder, of a plan that was made just now.
pub(super) fn of(source: &Source<'_>) -> Commits {
    let Some(fresh) = source.fresh else { return Commits::default() };
    let Ok(repository) = Repository::of(fresh.host, &source.opened.file.dir) else {
        return Commits::default();
    };
    let Ok(Some(head)) = repository.head() else { return Commits::default() };
    let dirty = repository
        .commit("HEAD")
        .and_then(|commit| repository.changed(&commit))
        .is_ok_and(|files| !files.is_empty());
    let branches = ["@{upstream}...", "origin/HEAD..."];
    let left = branches.iter().find_map(|branch| repository.commit(branch).ok());
    let onto = left.map(|commit| commit.id().chars().take(SHORT).collect::<String>());
    let onto = onto.filter(|onto| !head.starts_with(onto.as_str()));
    Commits { head: Some(head), onto, dirty }
}
