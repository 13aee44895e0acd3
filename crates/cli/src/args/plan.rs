//! Options of planning and applying, with `tofu`'s names where the meaning is the same.

use clap::Args;

use super::{ChoiceArgs, PullRequestArgs, RehearsalArgs, RulesArgs};

/// Values of input variables.
#[derive(Debug, Default, Args)]
pub(crate) struct VariableArgs {
    /// Give a root module's variable a value (-var NAME=VALUE).
    #[arg(long = "var", value_name = "NAME=VALUE")]
    pub(crate) var: Vec<String>,
    /// Take variables from a file (-var-file=FILE).
    #[arg(long = "var-file", value_name = "FILE")]
    pub(crate) var_file: Vec<String>,
}

/// What to plan, and how.
#[derive(Debug, Default, Args)]
pub(crate) struct PlanningArgs {
    #[command(flatten)]
    pub(crate) choice: ChoiceArgs,
    #[command(flatten)]
    pub(crate) variables: VariableArgs,
    /// Do not read objects again first (-refresh=false).
    #[arg(long, value_name = "BOOL", num_args = 0..=1, default_value = "true", default_missing_value = "true", action = clap::ArgAction::Set)]
    pub(crate) refresh: bool,
    /// Only bring the state up to date with the objects (-refresh-only).
    #[arg(long)]
    pub(crate) refresh_only: bool,
    /// Only these and what they depend on (-target=ADDRESS).
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) target: Vec<String>,
    /// Not these nor what depends on them (-exclude=ADDRESS).
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) exclude: Vec<String>,
    /// Replace this instance (-replace=ADDRESS).
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) replace: Vec<String>,
    /// Calls of providers at one time, for each stack (-parallelism=N).
    #[arg(long, value_name = "N", default_value_t = 10)]
    pub(crate) parallelism: u32,
    /// In an estate: calls of providers at one time, for all stacks together (-calls-max=N).
    #[arg(long, value_name = "N", default_value_t = 64)]
    pub(crate) calls_max: u32,
    /// Wait this long for a lease (-lock-timeout=10s).
    #[arg(long, value_name = "TIME", default_value = "0s")]
    pub(crate) lock_timeout: String,
    /// Take no lease (-lock=false).
    #[arg(long, value_name = "BOOL", num_args = 0..=1, default_value = "true", default_missing_value = "true", action = clap::ArgAction::Set)]
    pub(crate) lock: bool,
    /// Ask nothing (-input=false).
    #[arg(long, value_name = "BOOL", num_args = 0..=1, default_value = "true", default_missing_value = "true", action = clap::ArgAction::Set)]
    pub(crate) input: bool,
    /// Shorter messages (-compact-warnings).
    #[arg(long)]
    pub(crate) compact_warnings: bool,
    #[command(flatten)]
    pub(crate) rehearsal: RehearsalArgs,
}

#[derive(Debug, Args)]
pub(crate) struct PlanArgs {
    /// In an estate: stack instances, `ENV/STACK`, with `*`.
    #[arg(value_name = "ADDRESS")]
    pub(crate) addresses: Vec<String>,
    /// Plan to destroy everything (-destroy).
    #[arg(long)]
    pub(crate) destroy: bool,
    /// Exit with 2 where there are changes (-detailed-exitcode).
    #[arg(long)]
    pub(crate) detailed_exitcode: bool,
    /// Keep the plan in this file (-out=FILE).
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<String>,
    /// In an estate: print the page as Markdown for a pull request, or write it to a file (-markdown=FILE).
    #[arg(long, value_name = "FILE", num_args = 0..=1, require_equals = true, default_missing_value = "-")]
    pub(crate) markdown: Option<String>,
    /// In an estate: also write what the plan found as SARIF (-sarif=FILE).
    #[arg(long, value_name = "FILE")]
    pub(crate) sarif: Option<String>,
    /// In an estate: also write the stacks as tests, as JUnit XML (-junit=FILE).
    #[arg(long, value_name = "FILE")]
    pub(crate) junit: Option<String>,
    #[command(flatten)]
    pub(crate) pull_request: PullRequestArgs,
    #[command(flatten)]
    pub(crate) planning: PlanningArgs,
}

#[derive(Debug, Args)]
pub(crate) struct ApplyArgs {
    /// A plan (`p-XXXX` or a file); or in an estate stack instances. Without a plan one is made and shown first.
    #[arg(value_name = "PLAN|ADDRESS")]
    pub(crate) targets: Vec<String>,
    /// Do not ask (-auto-approve).
    #[arg(long)]
    pub(crate) auto_approve: bool,
    /// In an estate: let this object go before the stacks that use it have moved over (-allow-break ENV/STACK//ADDRESS).
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) allow_break: Vec<String>,
    /// In an estate, in an emergency: apply without approvals, beyond limits, and though the environment is frozen. The
    /// reason is kept in the audit; what bears data is guarded all the same.
    #[arg(long, value_name = "REASON")]
    pub(crate) break_glass: Option<String>,
    /// Destroy everything (-destroy).
    #[arg(long)]
    pub(crate) destroy: bool,
    #[command(flatten)]
    pub(crate) rules: RulesArgs,
    #[command(flatten)]
    pub(crate) planning: PlanningArgs,
}

#[derive(Debug, Args)]
pub(crate) struct DestroyArgs {
    /// In an estate: stack instances, `ENV/STACK`, with `*`.
    #[arg(value_name = "ADDRESS")]
    pub(crate) addresses: Vec<String>,
    /// Do not ask (-auto-approve).
    #[arg(long)]
    pub(crate) auto_approve: bool,
    /// In an estate: let this object go before the stacks that use it have moved over (-allow-break ENV/STACK//ADDRESS).
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) allow_break: Vec<String>,
    /// In an estate, in an emergency: apply without approvals, beyond limits, and though the environment is frozen. The
    /// reason is kept in the audit; what bears data is guarded all the same.
    #[arg(long, value_name = "REASON")]
    pub(crate) break_glass: Option<String>,
    #[command(flatten)]
    pub(crate) planning: PlanningArgs,
}

#[derive(Debug, Args)]
pub(crate) struct ResumeArgs {
    /// The run: the id of the plan that it carries out.
    #[arg(value_name = "RUN")]
    pub(crate) run: String,
    /// Do not ask (-auto-approve).
    #[arg(long)]
    pub(crate) auto_approve: bool,
    /// Let this object go before the stacks that use it have moved over (-allow-break ENV/STACK//ADDRESS).
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) allow_break: Vec<String>,
    /// In an emergency: go on without approvals, beyond limits, and though the environment is frozen. The reason is kept in
    /// the audit; what bears data is guarded all the same.
    #[arg(long, value_name = "REASON")]
    pub(crate) break_glass: Option<String>,
    #[command(flatten)]
    pub(crate) rules: RulesArgs,
    #[command(flatten)]
    pub(crate) planning: PlanningArgs,
}
