//! What version control knows of an estate: what changed since a commit, and how a file read then.
//!
//! Git, by the `git` program: whoever works in a repository has it, and it alone knows all that a repository may be
//! (worktrees, partial clones, sparse checkouts). Only plumbing is asked, with output that no setting changes; nothing
//! is written, and nothing is fetched but a commit that is named (`pinned_files`).
//!
//! And the forge that keeps the repository (`forge`): comments and checks of pull requests.
//!
//! Invariant: paths that go in and come out are relative to the estate's folder, with `/`, `..` where they leave it.

mod entry;
mod error;
mod forge;
mod paths;
mod pinned;
mod repository;

pub use entry::{Entry, EntryKind};
pub use error::VcsError;
pub use forge::{
    Check, CheckOutcome, Comment, Forge, ForgeError, ForgeKind, ForgePlace, MergedPullRequest,
    Taken,
};
pub use pinned::{PinnedFile, pinned_files};
pub use repository::{Commit, Repository};
