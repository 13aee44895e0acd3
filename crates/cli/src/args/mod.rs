//! The arguments of all commands. Options that several commands share stand in groups of their own.
//!
//! Help shows OpenTofu's own options with one dash in their texts; both spellings work (`dash`).

mod access;
mod adopt;
mod approval;
mod audit;
mod choice;
mod ci;
mod drift;
mod new;
mod plan;
mod policy;
mod pull_request;
mod rehearse;
mod state;

pub(crate) use access::{
    AccessArgs, AccessCommand, AccessDiffArgs, AccessFormArgs, AccessShownArgs, DeriveArgs,
    WhoCanArgs,
};
pub(crate) use adopt::{AdoptArgs, ShadowArgs};
pub(crate) use approval::{ApproveArgs, FreezeArgs, ThawArgs};
pub(crate) use audit::{AuditCommand, AuditLogArgs, AuditSealArgs, AuditVerifyArgs};
pub(crate) use choice::{AffectedArgs, ChoiceArgs, GraphArgs, Picture, SelectionArgs, WhyArgs};
pub(crate) use ci::{CiCommand, CiMergedArgs, CiReportArgs, CiTokenArgs, CiWriteArgs};
pub(crate) use drift::{
    DriftAcceptArgs, DriftArgs, DriftCommand, DriftLookingArgs, DriftRevertArgs, DriftShownArgs,
    DriftTrailArgs,
};
pub(crate) use new::NewArgs;
pub(crate) use plan::{ApplyArgs, DestroyArgs, PlanArgs, PlanningArgs, ResumeArgs, VariableArgs};
pub(crate) use policy::{PolicyCheckArgs, PolicyCommand, PolicyImportArgs, PolicyTestArgs};
pub(crate) use pull_request::{PullRequestArgs, RulesArgs};
pub(crate) use rehearse::{CloudArgs, RehearsalArgs, RehearseArgs};
pub(crate) use state::{LockCommand, StateCommand, StoreCommand, WhichState, WrittenState};

use clap::{Args, Parser, Subcommand};

/// Runs a team's infrastructure as small stacks in layers.
#[derive(Debug, Parser)]
#[command(name = "strata", disable_version_flag = true, disable_help_subcommand = true)]
pub(crate) struct Cli {
    /// Work in this folder instead of the current one (-chdir=DIR).
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) chdir: Option<String>,
    /// No colours (-no-color).
    #[arg(long, global = true)]
    pub(crate) no_color: bool,
    /// Print JSON for programs (-json).
    #[arg(long, global = true)]
    pub(crate) json: bool,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Make a new estate from a blueprint, or a new stack in an estate.
    New(NewArgs),
    /// Prepare a root module or an estate: providers, lock file, estate id and store.
    Init(InitArgs),
    /// Check the configuration without credentials, providers or network.
    Validate(ValidateArgs),
    /// Show what would change.
    Plan(PlanArgs),
    /// Sign a plan of an estate: an approval.
    Approve(ApproveArgs),
    /// Make it so.
    Apply(ApplyArgs),
    /// Destroy what the state holds, upper stacks first.
    Destroy(DestroyArgs),
    /// Rehearse an estate in a simulated cloud: from nothing to a second plan without changes, and what goes wrong.
    Rehearse(RehearseArgs),
    /// Let nothing be applied in an environment.
    Freeze(FreezeArgs),
    /// End a freeze.
    Thaw(ThawArgs),
    /// Go on with a run of an estate that was stopped or failed.
    Resume(ResumeArgs),
    /// Write the estate file of a tree of Terragrunt units or of plain root modules.
    Adopt(AdoptArgs),
    /// Plan beside `tofu` upon states where they are, and tell how many stacks gave the same plan; nothing is written.
    Shadow(ShadowArgs),
    /// Show a state or a plan.
    Show(ShowArgs),
    /// List the stack instances of the estate.
    List(SelectionArgs),
    /// Tell why a stack instance is where it is: what it reads, who reads it, who approves it.
    Why(WhyArgs),
    /// Tell which stack instances a change affects.
    Affected(AffectedArgs),
    /// Find what changed outside of the estate, and who changed it; accept it or revert it.
    Drift(DriftArgs),
    /// Tell who may do what, and which path grants it.
    Access(AccessArgs),
    /// Tell what happened, who did it, and whether the record of it holds.
    #[command(subcommand)]
    Audit(AuditCommand),
    /// Print outputs.
    Output(OutputArgs),
    /// Look into a state and mend it.
    #[command(subcommand)]
    State(StateCommand),
    /// Make and show the estate's store.
    #[command(subcommand)]
    Store(StoreCommand),
    /// Show and break leases.
    #[command(subcommand)]
    Lock(LockCommand),
    /// Evaluate expressions.
    Console(ConsoleArgs),
    /// Rewrite files in the canonical form.
    Fmt(FmtArgs),
    /// Print the graph of stacks, or of a root module.
    Graph(GraphArgs),
    /// Show which providers are required; `schema -json` prints their schemas.
    Providers(ProvidersArgs),
    /// Write what `tofu` needs to run stacks as the estate does.
    Eject(EjectArgs),
    /// Write the estate's CI pipelines and owners' file; and what their steps call.
    #[command(subcommand)]
    Ci(CiCommand),
    /// Print the version.
    Version,
    /// The estate's policies: list them, test them, try them on a plan, take others' in.
    #[command(subcommand)]
    Policy(PolicyCommand),
}

#[derive(Debug, Args)]
pub(crate) struct InitArgs {
    /// Take the newest versions that the constraints allow (-upgrade).
    #[arg(long)]
    pub(crate) upgrade: bool,
    /// Accepted for `tofu` users; Strata asks nothing here (-input=false).
    #[arg(long, value_name = "BOOL", num_args = 0..=1, default_missing_value = "true")]
    pub(crate) input: Option<bool>,
    /// `readonly`: fail where the lock file would change (-lockfile=readonly).
    #[arg(long, value_name = "MODE")]
    pub(crate) lockfile: Option<String>,
    /// Further folders with providers, instead of all other sources (-plugin-dir=DIR).
    #[arg(long, value_name = "DIR")]
    pub(crate) plugin_dir: Vec<String>,
    /// In an estate: only what the lock file of this environment holds, where others' providers are not to be had.
    #[arg(long, value_name = "ENV")]
    pub(crate) env: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct ValidateArgs {
    /// Also report what is only doubtful.
    #[arg(long)]
    pub(crate) strict: bool,
    /// Also check against the providers' schemas in this document, as `tofu providers schema -json` prints it, or compressed
    /// with gzip (-schema=FILE); several times for several.
    #[arg(long, value_name = "FILE")]
    pub(crate) schema: Vec<String>,
    #[command(flatten)]
    pub(crate) pull_request: PullRequestArgs,
    #[command(flatten)]
    pub(crate) selection: SelectionArgs,
}

#[derive(Debug, Args)]
pub(crate) struct ShowArgs {
    /// A plan (`p-XXXX` or a file) or a state file; the current state where nothing is named. A stack or a resource
    /// (`ENV/STACK//ADDRESS`) after a plan shows that alone.
    #[arg(value_name = "WHAT")]
    pub(crate) what: Vec<String>,
    /// The environment.
    #[arg(long, value_name = "ENV")]
    pub(crate) env: Option<String>,
    /// Show sensitive values (-show-sensitive).
    #[arg(long)]
    pub(crate) show_sensitive: bool,
    /// Print an estate's plan as Markdown for a pull request.
    #[arg(long)]
    pub(crate) markdown: bool,
    #[command(flatten)]
    pub(crate) rules: RulesArgs,
    #[command(flatten)]
    pub(crate) rehearsal: RehearsalArgs,
}

#[derive(Debug, Args)]
pub(crate) struct OutputArgs {
    /// In an estate first a stack instance, then an output; in a root module an output. In an estate without a name:
    /// all that is selected.
    #[arg(value_name = "NAME")]
    pub(crate) names: Vec<String>,
    /// Print one output without quotes (-raw).
    #[arg(long)]
    pub(crate) raw: bool,
    /// Show sensitive values among all (-show-sensitive).
    #[arg(long)]
    pub(crate) show_sensitive: bool,
    #[command(flatten)]
    pub(crate) choice: ChoiceArgs,
}

#[derive(Debug, Args)]
pub(crate) struct ConsoleArgs {
    #[command(flatten)]
    pub(crate) variables: VariableArgs,
    /// In an estate: the stack instance.
    #[arg(value_name = "ADDRESS")]
    pub(crate) address: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct FmtArgs {
    /// Files and folders; `-` is standard input; the current folder where none is named.
    #[arg(value_name = "TARGET")]
    pub(crate) targets: Vec<String>,
    /// Change nothing; fail where something would change (-check).
    #[arg(long)]
    pub(crate) check: bool,
    /// Show what would change (-diff).
    #[arg(long)]
    pub(crate) diff: bool,
    /// Folders below, too (-recursive).
    #[arg(long)]
    pub(crate) recursive: bool,
    /// List changed files (-list=false to be silent).
    #[arg(long, value_name = "BOOL", num_args = 0..=1, default_value = "true", default_missing_value = "true", action = clap::ArgAction::Set)]
    pub(crate) list: bool,
    /// Write changed files (-write=false to only look).
    #[arg(long, value_name = "BOOL", num_args = 0..=1, default_value = "true", default_missing_value = "true", action = clap::ArgAction::Set)]
    pub(crate) write: bool,
}

#[derive(Debug, Args)]
pub(crate) struct EjectArgs {
    /// The folder for the files: override files with provider settings, and inputs that are known, in ENV/STACK beneath.
    #[arg(long = "override", value_name = "DIR")]
    pub(crate) overrides: String,
    #[command(flatten)]
    pub(crate) selection: SelectionArgs,
}

#[derive(Debug, Args)]
pub(crate) struct ProvidersArgs {
    /// `schema` or `lock`; the required providers where nothing is named.
    #[arg(value_name = "WHAT")]
    pub(crate) what: Option<String>,
    #[command(flatten)]
    pub(crate) selection: SelectionArgs,
}
