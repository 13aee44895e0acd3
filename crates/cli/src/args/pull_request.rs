//! Options of plans of changes that nobody has let in yet.

use clap::Args;

/// Whether a change is planned that is not trusted.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct PullRequestArgs {
    /// In an estate: plan the change of a pull request. What it says of rules does not count, and what would reach the
    /// machine, other hosts or secrets is refused, but for what --base lets through.
    #[arg(long, requires = "base")]
    pub(crate) pull_request: bool,
    /// With --pull-request: what it is to be merged into, a branch or a commit (`main...`: where HEAD left main).
    #[arg(long, value_name = "REF", requires = "pull_request")]
    pub(crate) base: Option<String>,
    /// With --pull-request: a stranger wrote it. It is rehearsed: no credentials, no store, no provider's process.
    #[arg(long, requires = "pull_request")]
    pub(crate) stranger: bool,
}

/// Under whose rules approvals are counted.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct RulesArgs {
    /// Count approvals under the rules of this commit, under which the plan of the pull request was made: what the branch
    /// was at before it was merged, such as HEAD^1 [default: the rules of the files as they are].
    #[arg(long, value_name = "REF")]
    pub(crate) base: Option<String>,
}
