//! Arguments of `ci`: the pipelines of an estate, and the commands that their steps call.

use clap::{Args, Subcommand};

#[derive(Debug, Subcommand)]
pub(crate) enum CiCommand {
    /// Write the estate's workflow for GitHub Actions.
    Github(CiWriteArgs),
    /// Write the estate's pipeline for GitLab.
    Gitlab(CiWriteArgs),
    /// Write the estate's Jenkinsfile, for a multibranch pipeline.
    Jenkins(CiWriteArgs),
    /// Write who owns which files, from the owners of stacks.
    Codeowners(CiWriteArgs),
    /// In a pipeline: put what came of a plan under its pull request, as one comment and checks.
    Report(CiReportArgs),
    /// In a pipeline: print the plan that the merged pull request was reviewed with; nothing where it changes nothing.
    Merged(CiMergedArgs),
    /// In a pipeline: write the token that says who the run is, for a cloud that trusts it.
    Token(CiTokenArgs),
}

#[derive(Debug, Args)]
pub(crate) struct CiWriteArgs {
    /// Write nothing; fail where the file is not what would be written (-check).
    #[arg(long)]
    pub(crate) check: bool,
}

#[derive(Debug, Args)]
pub(crate) struct CiReportArgs {
    /// The environment.
    #[arg(long, value_name = "ENV")]
    pub(crate) env: String,
    /// What the pull request goes onto: its strata.hcl says where the store is (-base=REF).
    #[arg(long, value_name = "REF")]
    pub(crate) base: String,
    /// The plan's page, as `plan -json` printed it (-page=FILE).
    #[arg(long, value_name = "FILE")]
    pub(crate) page: String,
    /// The page as Markdown, as `plan -markdown=FILE` wrote it.
    #[arg(long, value_name = "FILE")]
    pub(crate) markdown: String,
    /// What `plan` said on standard error: shown where there is no page (-errors=FILE).
    #[arg(long, value_name = "FILE")]
    pub(crate) errors: Option<String>,
    /// Also send these findings to the forge's code scanning (-sarif=FILE).
    #[arg(long, value_name = "FILE")]
    pub(crate) sarif: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct CiMergedArgs {
    /// The environment.
    #[arg(long, value_name = "ENV")]
    pub(crate) env: String,
}

#[derive(Debug, Args)]
pub(crate) struct CiTokenArgs {
    /// Whom the token is for, as the cloud's trust says (-audience=NAME).
    #[arg(long, value_name = "NAME")]
    pub(crate) audience: String,
    /// The file, made with mode 0600 (-out=FILE).
    #[arg(long, value_name = "FILE")]
    pub(crate) out: String,
}
