//! The arguments of `strata drift`: what changed outside, and what becomes of it.

use clap::{Args, Subcommand};

use super::{ChoiceArgs, RehearsalArgs, SelectionArgs};

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct DriftArgs {
    #[command(subcommand)]
    pub(crate) command: Option<DriftCommand>,
    #[command(flatten)]
    pub(crate) shown: DriftShownArgs,
}

#[derive(Debug, Subcommand)]
pub(crate) enum DriftCommand {
    /// Bring the state up to date with objects that changed outside. No object is touched; where the configuration says
    /// otherwise, the next plan puts them back.
    Accept(DriftAcceptArgs),
    /// Plan to put objects back that changed outside. The plan is approved and applied as any other.
    Revert(DriftRevertArgs),
}

/// `strata drift`: exit code 0 where nothing drifted, 2 where something did, 1 where a stack could not be looked at.
#[derive(Debug, Args)]
pub(crate) struct DriftShownArgs {
    #[command(flatten)]
    pub(crate) selection: SelectionArgs,
    /// Print Markdown, or write it to a file beside the text (-markdown=FILE).
    #[arg(long, value_name = "FILE", num_args = 0..=1, require_equals = true, default_missing_value = "-")]
    pub(crate) markdown: Option<String>,
    /// Print SARIF 2.1.0, or write it to a file beside the text (-sarif=FILE).
    #[arg(long, value_name = "FILE", num_args = 0..=1, require_equals = true, default_missing_value = "-")]
    pub(crate) sarif: Option<String>,
    #[command(flatten)]
    pub(crate) trail: DriftTrailArgs,
    #[command(flatten)]
    pub(crate) looking: DriftLookingArgs,
}

/// Who did it.
#[derive(Debug, Default, Args)]
pub(crate) struct DriftTrailArgs {
    /// Ask no trail who changed what.
    #[arg(long)]
    pub(crate) no_trail: bool,
    /// An audit log of a Kubernetes API server: a file, or an address that answers with it; several times for several.
    #[arg(long, value_name = "FILE|URL")]
    pub(crate) audit_log: Vec<String>,
    /// How many days back trails are read, from 1 to 90.
    #[arg(long, value_name = "DAYS", default_value_t = 7, value_parser = clap::value_parser!(u32).range(1..=90))]
    pub(crate) trail_days: u32,
}

/// How objects are read.
#[derive(Debug, Args)]
pub(crate) struct DriftLookingArgs {
    /// Calls of providers at one time, for each stack (-parallelism=N).
    #[arg(long, value_name = "N", default_value_t = 10)]
    pub(crate) parallelism: u32,
    /// Calls of providers at one time, for all stacks together (-calls-max=N).
    #[arg(long, value_name = "N", default_value_t = 64)]
    pub(crate) calls_max: u32,
    #[command(flatten)]
    pub(crate) rehearsal: RehearsalArgs,
}

#[derive(Debug, Args)]
pub(crate) struct DriftAcceptArgs {
    /// Objects, `ENV/STACK//ADDRESS`, or stack instances with all that drifted in them, `ENV/STACK`, with `*`.
    #[arg(value_name = "ADDRESS", required = true)]
    pub(crate) addresses: Vec<String>,
    /// Why: it is kept in the audit.
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: String,
    /// Do not ask (-auto-approve).
    #[arg(long)]
    pub(crate) auto_approve: bool,
    /// Wait this long for a lease (-lock-timeout=10s).
    #[arg(long, value_name = "TIME", default_value = "0s")]
    pub(crate) lock_timeout: String,
    #[command(flatten)]
    pub(crate) looking: DriftLookingArgs,
}

#[derive(Debug, Args)]
pub(crate) struct DriftRevertArgs {
    /// Objects, `ENV/STACK//ADDRESS`, or stack instances with all that drifted in them, `ENV/STACK`, with `*`; all of the
    /// environment where none is named.
    #[arg(value_name = "ADDRESS")]
    pub(crate) addresses: Vec<String>,
    #[command(flatten)]
    pub(crate) choice: ChoiceArgs,
    /// Keep the plan in this file, too (-out=FILE).
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<String>,
    /// Print the page as Markdown for a pull request, or write it to a file (-markdown=FILE).
    #[arg(long, value_name = "FILE", num_args = 0..=1, require_equals = true, default_missing_value = "-")]
    pub(crate) markdown: Option<String>,
    #[command(flatten)]
    pub(crate) looking: DriftLookingArgs,
}
