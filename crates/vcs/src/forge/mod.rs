//! The forge that keeps a repository: comments and checks of pull requests, and which of them a commit came from.
//!
//! GitHub and GitLab, by the few calls of their REST interfaces that a pipeline needs. A merge request is called a pull
//! request here. Whose comment is whose is not decided here: what is unforgeable in one, who writes it knows.
//! Invariants: the token goes to the named address alone, and is in no error; each call's answer and each list is bounded.

mod answer;
mod error;
mod github;
mod gitlab;
#[cfg(test)]
mod tests;

use host::Http;

pub use error::ForgeError;

use answer::Caller;

/// Which forge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ForgeKind {
    /// GitHub, and GitHub Enterprise.
    GitHub,
    /// GitLab.
    GitLab,
}

impl ForgeKind {
    /// As it is written: `github`, `gitlab`.
    pub fn parse(word: &str) -> Option<ForgeKind> {
        match word {
            "github" => Some(ForgeKind::GitHub),
            "gitlab" => Some(ForgeKind::GitLab),
            _ => None,
        }
    }
}

/// A repository at a forge, and what lets us ask about it.
#[derive(Clone)]
pub struct ForgePlace {
    /// Which forge.
    pub kind: ForgeKind,
    /// The address of its interface: `https://api.github.com`, `https://gitlab.com/api/v4`.
    pub api: String,
    /// `OWNER/NAME`; at GitLab the id will do, too.
    pub repository: String,
    /// The token. It is a secret.
    pub token: String,
}

impl std::fmt::Debug for ForgePlace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?} {} {}", self.kind, self.api, self.repository)
    }
}

/// A comment on a pull request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comment {
    /// Its id at the forge.
    pub id: u64,
    /// Its text, as it was written.
    pub body: String,
}

/// A pull request that was merged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MergedPullRequest {
    /// Its number.
    pub number: u64,
    /// Its last commit.
    pub head: String,
}

/// What is told of a commit, beside its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// Its name: the same name again takes the place of the one before.
    pub name: String,
    /// What came of it.
    pub outcome: CheckOutcome,
    /// One line.
    pub title: String,
    /// More, as Markdown; only GitHub shows it.
    pub summary: String,
}

/// What came of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckOutcome {
    /// It is as it should be.
    Passed,
    /// It neither stops a merge nor is done: it waits for somebody.
    Waits,
    /// It is not as it should be.
    Failed,
}

/// A forge that can be asked.
pub struct Forge<'h> {
    kind: ForgeKind,
    caller: Caller<'h>,
}

impl<'h> Forge<'h> {
    /// The forge of a repository.
    pub fn new(http: &'h Http, place: &ForgePlace) -> Forge<'h> {
        Forge { kind: place.kind, caller: Caller::new(http, place) }
    }

    /// All comments of a pull request, the oldest first.
    ///
    /// # Errors
    /// Where the forge does not answer, or refuses.
    pub fn comments(&self, number: u64) -> Result<Vec<Comment>, ForgeError> {
        match self.kind {
            ForgeKind::GitHub => github::comments(&self.caller, number),
            ForgeKind::GitLab => gitlab::comments(&self.caller, number),
        }
    }

    /// Writes a comment; tells its id.
    ///
    /// # Errors
    /// Where the forge does not answer, or refuses.
    pub fn add_comment(&self, number: u64, body: &str) -> Result<u64, ForgeError> {
        match self.kind {
            ForgeKind::GitHub => github::add_comment(&self.caller, number, body),
            ForgeKind::GitLab => gitlab::add_comment(&self.caller, number, body),
        }
    }

    /// Puts another text in the place of a comment's.
    ///
    /// # Errors
    /// Where the forge does not answer, or refuses.
    pub fn edit_comment(&self, number: u64, id: u64, body: &str) -> Result<(), ForgeError> {
        match self.kind {
            ForgeKind::GitHub => github::edit_comment(&self.caller, id, body),
            ForgeKind::GitLab => gitlab::edit_comment(&self.caller, number, id, body),
        }
    }

    /// Tells of a commit what came of a check.
    ///
    /// # Errors
    /// Where the forge does not answer, or refuses.
    pub fn put_check(&self, commit: &str, check: &Check) -> Result<(), ForgeError> {
        match self.kind {
            ForgeKind::GitHub => github::put_check(&self.caller, commit, check),
            ForgeKind::GitLab => gitlab::put_check(&self.caller, commit, check),
        }
    }

    /// The pull request that became this commit of a branch when it was merged; none where there is none.
    ///
    /// # Errors
    /// Where the forge does not answer, or refuses.
    pub fn merged(
        &self,
        commit: &str,
        branch: &str,
    ) -> Result<Option<MergedPullRequest>, ForgeError> {
        match self.kind {
            ForgeKind::GitHub => github::merged(&self.caller, commit, branch),
            ForgeKind::GitLab => gitlab::merged(&self.caller, commit, branch),
        }
    }

    /// Sends findings, as SARIF, to the forge's code scanning; tells whether it has one that takes them.
    ///
    /// # Errors
    /// Where the forge does not answer, or refuses.
    pub fn send_findings(
        &self,
        number: u64,
        commit: &str,
        sarif: &str,
    ) -> Result<Taken, ForgeError> {
        match self.kind {
            ForgeKind::GitHub => github::send_findings(&self.caller, number, commit, sarif),
            ForgeKind::GitLab => Ok(Taken::No),
        }
    }
}

/// Whether a forge takes findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// It has them.
    Yes,
    /// It has no place for them.
    No,
}
